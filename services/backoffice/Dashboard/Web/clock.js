// Times as people read them. Moments are counted by the platform's clock, so that a browser whose own is wrong does not mislead.
import { h } from './dom.js';

let offset = 0;

/** Sets the clock by the Date header of an answer. */
export function setClock(date) {
  const moment = Date.parse(date);
  if (!Number.isNaN(moment))
    offset = moment - Date.now();
}

const now = () => Date.now() + offset;

/** Seconds as in 0.4 s, 12 s, 3 min 5 s. */
export function duration(seconds) {
  if (!Number.isFinite(seconds))
    return '';
  if (seconds < 10 && !Number.isInteger(seconds))
    return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60)
    return `${whole} s`;
  return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ''}`;
}

function ago(moment) {
  const seconds = Math.max(0, (now() - moment) / 1000);
  if (seconds < 5)
    return 'now';
  if (seconds < 60)
    return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600)
    return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400)
    return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

/** This moment, by the platform's clock. */
export const moment = () => new Date(now()).toISOString();

const utc = moment => `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** How long ago; the exact time in UTC on hover. */
export const since = at => moving(at, 'ago', ago);

/** How long it has been going on. */
export const running = at => moving(at, 'running', moment => duration(Math.max(0, Math.floor((now() - moment) / 1000))));

const kinds = {};

function moving(at, kind, text) {
  kinds[kind] = text;
  const moment = Date.parse(at);
  if (Number.isNaN(moment))
    return h('time', {}, 'unknown');
  return h('time', { dateTime: new Date(moment).toISOString(), title: utc(moment), data: { kind } }, text(moment));
}

// One timer for the page; a text is touched only when it reads differently.
setInterval(() => {
  for (const time of document.querySelectorAll('time[data-kind]')) {
    const text = kinds[time.dataset.kind](Date.parse(time.dateTime));
    if (time.textContent !== text)
      time.textContent = text;
  }
}, 1000);
