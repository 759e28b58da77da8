// Follows the timeline. EventSource cannot send a token, so the stream of server-sent events is read by hand.
import { request } from './api.js';

// The platform sends a comment every 15 s. A line that is silent for longer is down, whatever TCP believes.
const SILENCE = 40_000;
const SHORTEST = 500;
const LONGEST = 15_000;

/**
 * Follows all events past `after`, over as many connections as it takes, as long as the page is open.
 * Tells: `event(event)`; `up(again, last)` with the last seq received; `down(until)` with the moment of the next try; and `refused(error)`, which ends it: the token is not
 * known any more.
 */
export async function follow(after, tell) {
  let last = after;
  let wait = SHORTEST;
  for (let again = false; ; again = true) {
    const line = new AbortController();
    const hangUp = () => line.abort();
    let silence = setTimeout(hangUp, SILENCE);
    try {
      const answer = await request('/api/events', { accept: 'text/event-stream', headers: { 'Last-Event-ID': String(last) }, signal: line.signal });
      await tell.up(again, last);
      for await (const message of messages(answer.body)) {
        clearTimeout(silence);
        silence = setTimeout(hangUp, SILENCE);
        wait = SHORTEST;
        if (!message.data)
          continue;
        last = Number(message.id);
        tell.event(JSON.parse(message.data));
      }
    } catch (error) {
      if (error.status === 401) {
        tell.refused(error);
        return;
      }
      if (!(error.status >= 0) && !isLoss(error))
        console.error(error);
    } finally {
      clearTimeout(silence);
      hangUp();
    }
    // A little at random, so that the tabs of many people do not come back at one moment.
    const pause = wait * (0.75 + Math.random() / 2);
    wait = Math.min(wait * 2, LONGEST);
    tell.down(Date.now() + pause);
    await rest(pause);
  }
}

/** A cut line: fetch tells it as a TypeError, hanging up as an AbortError. */
const isLoss = error => error instanceof TypeError || error.name === 'AbortError';

/** Waits; less when the browser says that the network is back. */
function rest(time) {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, time);
    addEventListener('online', done);
  });
}

/** The messages of a stream; a keepalive comes as one without data. A message cut off at the end is dropped, as it will be sent again. */
export async function* messages(body) {
  let message = { data: '' };
  for await (const line of lines(body)) {
    if (line === '') {
      yield message;
      message = { data: '' };
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data')
      message.data += message.data ? `\n${value}` : value;
    else if (field === 'id')
      message.id = value;
  }
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done)
      return;
    const parts = (rest + value).split(/\r\n|\n/);
    rest = parts.pop();
    yield* parts;
  }
}
