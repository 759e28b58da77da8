// The head of the page: which platform this is, whether the line is up, whether the timeline's chain is whole.
import { get } from './api.js';
import { moment, since } from './clock.js';
import { byId, h } from './dom.js';

const WORDS = { live: 'Live', connecting: 'Connecting', down: 'Line down' };

let countdown = 0;

export function showPlatform({ name, host, version }) {
  document.title = `${name} · Mambo Platform`;
  byId('platform').textContent = name;
  byId('where').textContent = `${host} · ${version}`;
}

/** @param until The moment of the next try, when the line is down. */
export function showLine(state, until) {
  const line = byId('line');
  clearInterval(countdown);
  line.dataset.state = state;
  line.replaceChildren(WORDS[state]);
  if (state !== 'down')
    return;
  // Not read out each second.
  const rest = h('span', { ariaHidden: 'true' });
  const tick = () => { rest.textContent = ` · again in ${Math.max(0, Math.ceil((until - Date.now()) / 1000))} s`; };
  line.append(rest);
  tick();
  countdown = setInterval(tick, 1000);
}

/** Has the platform walk the chain, and shows its verdict. */
export async function verify() {
  const chain = byId('chain');
  chain.dataset.state = 'busy';
  chain.textContent = 'Verifying';
  const verdict = await get('/api/events/verify');
  chain.dataset.state = verdict.ok ? 'whole' : 'broken';
  chain.replaceChildren(verdict.ok ? `Chain whole, ${verdict.events} events · ` : `Chain broken at ${verdict.problem.seq} · `, since(moment()));
  byId('chain-problem').textContent = verdict.ok ? '' : verdict.problem.problem;
}

/** What went wrong, in the person's sight until the next thing goes well. */
export function showProblem(text) {
  byId('problem').textContent = text;
}
