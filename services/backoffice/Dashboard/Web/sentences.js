// What each event says, for people.
import { duration } from './clock.js';
import { h } from './dom.js';

const name = text => h('strong', {}, text || 'an app without a name');
const by = person => person ? ` by ${person}` : '';
const why = reason => reason ? `: ${reason}` : '';
const id = text => h('code', {}, String(text ?? '').slice(0, 8));

/** A digest as people tell them apart. */
export const short = digest => String(digest ?? '').replace(/^sha256:/, '').slice(0, 12);

export function size(bytes) {
  const units = ['B', 'KiB', 'MiB', 'GiB'];
  let unit = 0;
  for (; bytes >= 1024 && unit < units.length - 1; unit++)
    bytes /= 1024;
  return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

/** Per wire name: the kind in the filter, the tone of its mark, and the sentence made of the event's body. */
const KINDS = {
  'app-deployed': ['deployed', 'good', e => [name(e.app), ` ${e.release} deployed in ${duration(e.seconds)}${by(e.requestedBy)}`]],
  'deployment-failed': ['failed', 'bad', e => [name(e.app), ` failed${e.step ? ` in ${e.step}` : ''}: ${reason(e.reason)}`, e.servingRelease ? `; ${e.servingRelease} serves` : '; nothing serves']],
  'deployment-rolled-back': ['rolled back', 'warn', e => [name(e.app), ` rolled back from ${e.fromRelease} to ${e.toRelease} in ${duration(e.seconds)}${by(e.requestedBy)}`]],
  'deployment-cancelled': ['cancelled', 'warn', e => [name(e.app), ` cancelled${e.step ? ` in ${e.step}` : ' before it began'}${by(e.cancelledBy)}${why(e.reason)}`]],
  'deployment-superseded': ['superseded', 'quiet', e => [name(e.app), ' superseded by deployment ', id(e.by)]],
  'app-started': ['started', 'good', e => [name(e.app), ` ${e.release} started${by(e.requestedBy)}`]],
  'app-stopped': ['stopped', 'warn', e => [name(e.app), ` ${e.release} stopped${by(e.requestedBy)}`]],
  'app-restarted': ['restarted', 'good', e => [name(e.app), ` ${e.release} restarted in ${duration(e.seconds)}${by(e.requestedBy)}`]],
  'app-removed': ['removed', 'warn', e => [name(e.app), ` removed${e.volumes ? ' with its volumes' : ''}${by(e.requestedBy)}`]],
  'app-locked': ['locked', 'warn', e => [name(e.app), ` locked${by(e.requestedBy)}${why(e.reason)}`]],
  'app-unlocked': ['unlocked', 'quiet', e => [name(e.app), ` unlocked${by(e.requestedBy)}`]],
  'deployment-accepted': ['accepted', 'run', e => [name(e.app), ` accepted${by(e.requestedBy)}`]],
  'deployment-step-completed': ['step completed', 'quiet', e => [name(e.app), ` ${e.step} done in ${duration(e.seconds)}, ${e.number} of ${e.of}`]],
  'bundle-stored': ['bundle stored', 'quiet', e => ['Bundle ', h('code', {}, short(e.digest)), ` stored${by(e.storedBy)}, ${size(e.size)}`]],
  'alert-raised': ['alert raised', 'bad', e => [name(e.name), ` raised (${e.severity})${why(e.summary)}`]],
  'alert-resolved': ['alert resolved', 'good', e => [name(e.name), ` resolved after ${duration(e.seconds)}${why(e.summary)}`]],
  'alert-delivered': ['alert delivered', 'quiet', e => ['Notified: ', e.title, e.attempts > 1 ? `, at try ${e.attempts}` : '']],
  'alert-delivery-failed': ['alert not delivered', 'bad', e => ['Not notified: ', e.title, why(e.message)]],
  'alerts-silenced': ['alerts silenced', 'warn', e => [`Alerts silenced until ${e.endsAt}${by(e.requestedBy)}${why(e.reason)}`]],
  'message-parked': ['message parked', 'bad', e => ['A message was parked in ', h('code', {}, e.queue), why(e.problem)]],
};

/** Wire names with their words, for the filter. */
export const kinds = Object.entries(KINDS).map(([type, [words]]) => [type, words]);

/** The sentence of an event, and the tone of its mark. An event of a newer platform, or one with an odd body, is told by its wire name. */
export function sentence({ type, body }) {
  const [, tone = 'quiet', tell = () => [type]] = KINDS[type] ?? [];
  try {
    return { tone, words: tell(body) };
  } catch {
    return { tone, words: [type] };
  }
}

/** Why a deployment failed. */
export const reason = word => ({
  rejected: 'rejected',
  imageUnavailable: 'an image could not be had',
  startFailed: 'its containers did not start',
  unhealthy: 'it did not become healthy',
  routeFailed: 'the edge did not take the route',
  deadlineExceeded: 'a step took too long',
  interrupted: 'interrupted too often',
  internal: 'a fault of the platform',
})[word] ?? String(word);
