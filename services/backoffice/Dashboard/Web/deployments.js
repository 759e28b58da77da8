// Deployments under way with their steps, then the last ones with their outcome.
import { duration, running, since } from './clock.js';
import { byId, h, link, list, output } from './dom.js';
import { reason, short } from './sentences.js';

const STATES = {
  requested: ['requested', 'quiet'],
  accepted: ['accepted', 'run'],
  running: ['under way', 'run'],
  deployed: ['deployed', 'good'],
  done: ['done', 'good'],
  failed: ['failed', 'bad'],
  rolledBack: ['rolled back', 'warn'],
  superseded: ['superseded', 'quiet'],
  cancelled: ['cancelled', 'warn'],
};

const hasEnded = deployment => deployment.endedAt != null;

function row(deployment) {
  const [state, tone] = STATES[deployment.state] ?? [deployment.state, 'quiet'];
  // What is no release says what it is: "stop done".
  const word = ['deploy', 'rollBack', undefined].includes(deployment.kind) ? state : `${deployment.kind} ${state}`;
  const ended = hasEnded(deployment);
  return h('details', { className: 'deployment', data: { deployment: deployment.deploymentId, state: deployment.state } },
    h('summary', {},
      h('span', { className: `mark ${tone}` }),
      h('span', { className: 'what' }, h('strong', {}, deployment.app), deployment.release && ` ${deployment.release}`, h('span', { className: `word ${tone}` }, word, deployment.failure?.step && ` in ${deployment.failure.step}`)),
      h('span', { className: 'quiet' }, ended ? [duration(deployment.seconds), deployment.seconds != null && ' · ', since(deployment.endedAt)] : running(deployment.acceptedAt ?? deployment.requestedAt)),
      !ended && deployment.steps.length > 0 && track(deployment.steps)),
    h('div', { className: 'unfolded' },
      deployment.failure && failure(deployment.failure),
      (deployment.warnings ?? []).map(warning => h('p', { className: 'warning' }, warning)),
      ended && deployment.steps.length > 0 && track(deployment.steps),
      facts([
        ['asked by', deployment.requestedBy],
        ['commit', deployment.commit],
        ['serves at', deployment.urls?.map(link)],
        ['bundle', deployment.bundle && h('code', { title: deployment.bundle }, short(deployment.bundle))],
        ['deployment', h('code', {}, deployment.deploymentId)],
      ])));
}

/** The steps as a track: one segment each, with its time once it is done. */
const track = steps => h('ol', { className: 'track' }, steps.map(step =>
  h('li', { data: { state: step.state }, title: `${step.name}: ${step.state}` }, h('span', {}, step.name || `step ${step.number}`), h('small', {}, step.seconds != null ? duration(step.seconds) : step.state))));

const failure = fault => h('div', { className: 'failure' },
  h('p', {}, h('strong', {}, capital(reason(fault.reason))), fault.step && ` · in ${fault.step}`, fault.exitCode != null && ` · exit code ${fault.exitCode}`),
  h('p', {}, fault.message),
  fault.errors.length > 0 && h('ul', {}, fault.errors.map(error => h('li', {}, h('code', {}, error.field), ` ${error.problem}`))),
  fault.output.length > 0 && output(fault.output),
  fault.left && h('p', { className: 'warning' }, `Left behind: ${fault.left}`),
  h('p', {}, fault.servingRelease != null ? `Release ${fault.servingRelease} serves.` : 'Nothing serves.'));

const facts = pairs => h('dl', { className: 'facts' }, pairs.filter(([, value]) => value != null && value !== '' && value.length !== 0).map(([term, value]) => [h('dt', {}, term), h('dd', {}, value)]));

const capital = text => text[0].toUpperCase() + text.slice(1);

const show = list(byId('deployments'), deployment => deployment.deploymentId, row);

export function showDeployments(deployments) {
  show([...deployments.filter(deployment => !hasEnded(deployment)), ...deployments.filter(hasEnded)]);
  byId('deployments').dataset.empty = deployments.length ? '' : 'None yet.';
}
