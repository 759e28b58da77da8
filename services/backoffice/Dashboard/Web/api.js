// The API, with the token of this tab. The token is held in sessionStorage and sent in a header, never in an address.
import { setClock } from './clock.js';

const KEY = 'mambo-api-token';

export const token = () => sessionStorage.getItem(KEY);
export const keepToken = value => sessionStorage.setItem(KEY, value);
export const forgetToken = () => sessionStorage.removeItem(KEY);

/** The platform gave no good answer. `status` is that of HTTP, or 0 when there was no answer at all. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Asks, and gives the answer when it is a good one. */
export async function request(path, { accept = 'application/json', headers = {}, signal } = {}) {
  const bearer = token();
  let answer;
  try {
    answer = await fetch(path, { headers: { ...headers, Accept: accept, Authorization: `Bearer ${bearer}` }, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', signal });
  } catch (error) {
    if (signal?.aborted)
      throw error;
    // A token with characters no header can hold fails here too, before anything is sent.
    throw new ApiError(/^[\x21-\x7e]+$/.test(bearer) ? 0 : 401, 'The platform does not answer.');
  }
  if (answer.ok) {
    setClock(answer.headers.get('Date'));
    return answer;
  }
  throw new ApiError(answer.status, await problem(answer));
}

export const get = async path => (await request(path)).json();

async function problem(answer) {
  if (answer.status === 429)
    return `Too many requests. Try again in ${answer.headers.get('Retry-After') ?? 'some'} s.`;
  try {
    const { detail, errors = [] } = await answer.json();
    return [detail, ...errors.map(error => `${error.field}: ${error.problem}`)].join(' ');
  } catch {
    return `The platform answered ${answer.status}.`;
  }
}
