// What happened, newest first. Live events come by the stream; older ones, and those of a filter, are asked for.
import { get } from './api.js';
import { since } from './clock.js';
import { byId, h } from './dom.js';
import { kinds, sentence } from './sentences.js';

const PAGE = 50;

// Rows kept while events come live; who wants older ones asks for them again.
const MOST = 1000;

const [rows, older, end, app, kind] = ['timeline', 'older', 'timeline-end', 'filter-app', 'filter-kind'].map(byId);
const shown = new Set();
let round = 0;

kind.append(...kinds.map(([type, words]) => h('option', { value: type }, words)));

/** Forgets all rows and shows the newest that pass the filter. Gives the seq of the newest event there is. */
export async function showTimeline() {
  const mine = ++round;
  shown.clear();
  rows.replaceChildren();
  older.hidden = true;
  const { events, next } = await get(`/api/events?${query()}`);
  if (mine === round)
    showPage(events);
  return next;
}

/** Shows an event that just came, when it passes the filter. */
export function showEvent(event) {
  if ((app.value && event.body?.app !== app.value) || (kind.value && event.type !== kind.value))
    return;
  add(event, true);
  for (; shown.size > MOST; older.hidden = false) {
    shown.delete(seqOf(rows.lastElementChild));
    rows.lastElementChild.remove();
  }
  tellEnd();
}

/** Offers the apps to filter by. */
export function offerApps(names) {
  const known = new Set([...app.options].map(option => option.value));
  app.append(...[...new Set(names)].filter(name => name && !known.has(name)).sort().map(name => h('option', { value: name }, name)));
}

/** Runs on every wish for other events: another filter, or older ones. `guard` takes care of what goes wrong. */
export function listen(guard) {
  app.onchange = kind.onchange = () => guard(showTimeline);
  older.onclick = () => guard(async () => {
    const mine = round;
    older.disabled = true;
    try {
      const { events } = await get(`/api/events?${query(seqOf(rows.lastElementChild))}`);
      if (mine === round)
        showPage(events);
    } finally {
      older.disabled = false;
    }
  });
}

function query(before) {
  const fields = new URLSearchParams({ tail: PAGE });
  if (before)
    fields.set('before', before);
  if (app.value)
    fields.set('app', app.value);
  if (kind.value)
    fields.set('type', kind.value);
  return fields;
}

function showPage(events) {
  for (const event of events.reverse())
    add(event, false);
  older.hidden = events.length < PAGE;
  tellEnd();
}

function tellEnd() {
  end.textContent = !older.hidden ? '' : shown.size === 0 ? (app.value || kind.value ? 'No such event.' : 'Nothing has happened yet.') : 'This is where it began.';
}

/** Puts the event in its place, once: a live one may come while a page that holds it is under way. */
function add(event, live) {
  if (shown.has(event.seq))
    return;
  shown.add(event.seq);
  let above = rows.lastElementChild;
  while (above && seqOf(above) < event.seq)
    above = above.previousElementSibling;
  rows.insertBefore(row(event, live), above ? above.nextElementSibling : rows.firstElementChild);
}

const seqOf = row => Number(row.dataset.seq);

function row(event, live) {
  const { tone, words } = sentence(event);
  const details = h('details', { className: `event${live ? ' fresh' : ''}`, data: { seq: event.seq, type: event.type } },
    h('summary', {}, h('span', { className: `mark ${tone}` }), h('span', { className: 'what' }, words), h('span', { className: 'quiet' }, since(event.at))));
  // The raw event is put in when it is asked for: most never are.
  details.addEventListener('toggle', () => details.append(h('pre', { className: 'raw', tabIndex: 0 }, JSON.stringify(event, null, 2))), { once: true });
  return details;
}
