// What serves now: a card an app.
import { since } from './clock.js';
import { byId, h, link, list } from './dom.js';
import { short } from './sentences.js';

/** An image without its registry's path; the whole reference on hover. A digest is cut short. */
function image(reference) {
  const text = String(reference);
  const [path, digest] = text.split('@');
  return h('code', { title: text }, digest ? `${path.split('/').pop()}@${short(digest)}` : path.split('/').pop());
}

function card(app) {
  const images = Object.entries(app.images ?? {});
  return h('article', { className: 'card', data: { app: app.app } },
    h('h3', {}, h('span', { className: `mark ${app.state === 'stopped' ? 'quiet' : 'good'}` }), app.app),
    h('p', { className: 'release' }, h('span', {}, 'release '), h('b', {}, app.release), app.state === 'stopped' && ' stopped'),
    h('ul', { className: 'addresses' }, (app.urls ?? []).map(url => h('li', {}, link(url)))),
    h('p', { className: 'quiet' }, since(app.deployedAt), app.requestedBy && ` by ${app.requestedBy}`,
      app.commit && [' · commit ', h('code', { title: app.commit }, app.commit.slice(0, 12))]),
    images.length > 0 && h('dl', { className: 'images' }, images.map(([service, reference]) => h('div', {}, h('dt', {}, service), h('dd', {}, image(reference))))),
    app.lock && h('p', { className: 'warning' }, `Locked${app.lock.lockedBy ? ` by ${app.lock.lockedBy}` : ''}: ${app.lock.reason}`),
    (app.warnings ?? []).map(warning => h('p', { className: 'warning' }, warning)));
}

const show = list(byId('apps'), app => app.app, card);

export function showApps(apps) {
  show(apps);
  byId('apps-count').textContent = apps.length || '';
  byId('apps').dataset.empty = apps.length ? '' : 'Nothing serves yet. Deploy with: mambo deploy';
}
