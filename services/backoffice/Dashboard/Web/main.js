// The dashboard: signs in, shows everything once, then follows the timeline and asks again for what an event has changed.
import { forgetToken, get, keepToken, token } from './api.js';
import { showApps } from './apps.js';
import { showDeployments } from './deployments.js';
import { byId } from './dom.js';
import { showLine, showPlatform, showProblem, verify } from './header.js';
import { follow } from './stream.js';
import { listen, offerApps, showEvent, showTimeline } from './timeline.js';

const DEPLOYMENTS = 12;
const CHANGES_APPS = new Set(['app-deployed', 'deployment-rolled-back', 'app-started', 'app-stopped', 'app-restarted', 'app-removed', 'app-locked', 'app-unlocked']);
const WHY = 'mambo-signed-out';

/** Does what the person or an event asks for; what goes wrong is told. */
async function guard(action) {
  try {
    await action();
    showProblem('');
  } catch (error) {
    if (error.status === 401)
      signOut('The platform does not know this token any more.');
    else
      showProblem(error.message);
  }
}

async function signIn() {
  try {
    showPlatform(await get('/api/platform'));
  } catch (error) {
    if (error.status === 401)
      forgetToken();
    askForToken(error.status === 401 ? 'The platform does not know this token.' : error.message);
    return;
  }
  byId('door').hidden = true;
  byId('board').hidden = false;
  byId('token').value = '';
  await begin();
}

/** Starts, as often as it takes. */
async function begin() {
  try {
    await start();
  } catch (error) {
    await guard(() => { throw error; });
    setTimeout(begin, 5000);
  }
}

async function start() {
  // Where the timeline ends is read before all else: whatever changes from here on comes by the stream.
  const newest = await showTimeline();
  await Promise.all([refreshApps(), refreshDeployments(), verify()]);
  follow(newest, {
    event: hear,
    up: async (again, last) => {
      if (again)
        await catchUp(last);
      showProblem('');
      showLine('live');
    },
    down: until => showLine('down', until),
    refused: () => signOut('The platform does not know this token any more.'),
  });
}

function hear(event) {
  showEvent(event);
  if (CHANGES_APPS.has(event.type))
    appsChanged();
  if (event.body?.deploymentId)
    deploymentsChanged();
}

/** After the line was down the platform may be another version, or have been set back to an earlier state. */
async function catchUp(last) {
  const [platform, { next }] = await Promise.all([get('/api/platform'), get('/api/events?tail=0'), refreshApps(), refreshDeployments()]);
  showPlatform(platform);
  if (next < last)
    location.reload();
}

async function refreshApps() {
  const apps = await get('/api/apps');
  showApps(apps);
  offerApps(apps.map(app => app.app));
}

async function refreshDeployments() {
  const { deployments } = await get(`/api/deployments?limit=${DEPLOYMENTS}`);
  showDeployments(deployments);
  offerApps(deployments.map(deployment => deployment.app));
}

/** Asks again at once, and at most once a second however many events come: the token's requests per minute are shared with whoever else uses it. */
function atMostOnceASecond(refresh) {
  let [busy, again] = [false, false];
  return async () => {
    again = true;
    if (busy)
      return;
    busy = true;
    while (again) {
      again = false;
      await guard(refresh);
      await new Promise(resolve => setTimeout(resolve, 1000));
    }
    busy = false;
  };
}

const appsChanged = atMostOnceASecond(refreshApps);
const deploymentsChanged = atMostOnceASecond(refreshDeployments);

/** Loads the page anew, so that nothing of what was shown stays behind in it. */
function signOut(why) {
  forgetToken();
  sessionStorage.setItem(WHY, why);
  location.reload();
}

function askForToken(why) {
  byId('door').hidden = false;
  byId('login-problem').textContent = why;
  byId('token').select();
}

byId('login').addEventListener('submit', submit => {
  submit.preventDefault();
  keepToken(byId('token').value.trim());
  signIn();
});
byId('sign-out').onclick = () => signOut('');
byId('chain').onclick = () => guard(verify);
listen(guard);

if (token()) {
  signIn();
} else {
  askForToken(sessionStorage.getItem(WHY) ?? '');
  sessionStorage.removeItem(WHY);
}
