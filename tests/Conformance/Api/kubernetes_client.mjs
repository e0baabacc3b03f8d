// The Kubernetes project's own JavaScript client, unmodified, against the API server alone: no controller runs.
//
// Usage: node kubernetes_client.mjs KUBECONFIG SCENARIO; NODE_CLIENT is the folder that node_modules lies in.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const k8s = createRequire(`${process.env.NODE_CLIENT}/`)('@kubernetes/client-node');
const [kubeconfig, scenario] = process.argv.slice(2);
const config = new k8s.KubeConfig();
config.loadFromFile(kubeconfig);
const core = config.makeApiClient(k8s.CoreV1Api);

async function fails(code, call) {
  const error = await call().then(() => assert.fail(`expected ${code}, got success`), (e) => e);
  assert.equal(error.code, code, String(error));
}

async function typed() {
  const namespace = 'js-typed';
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  const made = await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } } });
  assert.ok(made.metadata.uid && made.metadata.creationTimestamp instanceof Date);
  made.data.k = 'w';
  const replaced = await core.replaceNamespacedConfigMap({ name: 'a', namespace, body: made });
  assert.equal(replaced.data.k, 'w');
  await fails(409, () => core.replaceNamespacedConfigMap({ name: 'a', namespace, body: made }));
  const patched = await core.patchNamespacedConfigMap(
    { name: 'a', namespace, body: [{ op: 'add', path: '/data/b', value: 'c' }] },
    k8s.setHeaderOptions('Content-Type', k8s.PatchStrategy.JsonPatch));
  assert.deepEqual(patched.data, { k: 'w', b: 'c' });
  const list = await core.listNamespacedConfigMap({ namespace, labelSelector: 'x=y', limit: 1 });
  assert.deepEqual(list.items.map((item) => item.metadata.name), ['a']);
  const apps = config.makeApiClient(k8s.AppsV1Api);
  const labels = { app: 'd' };
  const deployment = await apps.createNamespacedDeployment({
    namespace,
    body: { metadata: { name: 'd' }, spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } } } },
  });
  assert.equal(deployment.spec.strategy.rollingUpdate.maxSurge, '25%');
  const scale = await apps.readNamespacedDeploymentScale({ name: 'd', namespace });
  scale.spec.replicas = 4;
  assert.equal((await apps.replaceNamespacedDeploymentScale({ name: 'd', namespace, body: scale })).spec.replicas, 4);
  assert.equal((await core.deleteNamespacedConfigMap({ name: 'a', namespace })).status, 'Success');
  await fails(404, () => core.readNamespacedConfigMap({ name: 'a', namespace }));
}

async function dynamic() {
  const client = k8s.KubernetesObjectApi.makeApiClient(config);
  const metadata = { name: 'js-dynamic', namespace: 'default' };
  const spec = { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] };
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata };
  const made = await client.create({ ...role, ...spec });
  assert.ok(made.metadata.uid);
  const patched = await client.patch({ ...role, metadata: { ...metadata, labels: { a: 'b' } } }, undefined, undefined, undefined, undefined, k8s.PatchStrategy.MergePatch);
  assert.equal(patched.metadata.labels.a, 'b');
  assert.equal((await client.read(role)).rules[0].verbs[0], 'get');
  const list = await client.list(role.apiVersion, 'Role', 'default', undefined, undefined, undefined, undefined, 'a=b');
  assert.deepEqual(list.items.map((item) => item.metadata.name), ['js-dynamic']);
  const applied = await client.patch({ ...role, metadata: { ...metadata, labels: { c: 'd' } } }, undefined, undefined, 'js', true, k8s.PatchStrategy.ServerSideApply);
  assert.deepEqual(applied.metadata.labels, { a: 'b', c: 'd' });
  await client.delete(role);
  await fails(404, () => client.read(role));
}

async function watching() {
  const watch = new k8s.Watch(config);
  const seen = [];
  let aborted;
  await new Promise((resolve, reject) => {
    watch.watch('/api/v1/namespaces/default/configmaps', { fieldSelector: 'metadata.name=js-watched' }, (type, object) => {
      seen.push(`${type} ${object.metadata.name} ${object.data?.n}`);
      if (seen.length === 3) resolve();
    }, (error) => (aborted ? undefined : reject(error ?? new Error('the watch ended')))).then(async (controller) => {
      aborted = controller;
      const at = { name: 'js-watched', namespace: 'default' };
      await core.createNamespacedConfigMap({ namespace: 'default', body: { metadata: { name: 'js-watched' }, data: { n: '1' } } });
      await core.replaceNamespacedConfigMap({ ...at, body: { metadata: { name: 'js-watched' }, data: { n: '2' } } });
      await core.deleteNamespacedConfigMap(at);
    }, reject);
  });
  aborted.abort();
  assert.deepEqual(seen, ['ADDED js-watched 1', 'MODIFIED js-watched 2', 'DELETED js-watched 2']);
}

// An informer tells what it knows as often as that changes, and goes on until its input ends: what becomes of the server
// meanwhile is the test's affair.
async function informer() {
  const list = () => core.listNamespacedConfigMap({ namespace: 'default', labelSelector: 'informed' });
  const informed = k8s.makeInformer(config, '/api/v1/namespaces/default/configmaps', list, 'informed');
  let known;
  const tell = () => {
    const now = informed.list('default').map((item) => `${item.metadata.name}=${item.data?.n}`).sort().join(',');
    if (now !== known) console.log(`known ${now}`);
    known = now;
  };
  for (const event of ['add', 'update', 'delete']) informed.on(event, () => setImmediate(tell));
  const start = () => informed.start().then(tell, () => setTimeout(start, 100));
  informed.on('error', () => setTimeout(start, 100));
  await start();
  for await (const line of createInterface({ input: process.stdin })) void line;
  await informed.stop();
}

async function all() {
  await typed();
  await dynamic();
  await watching();
}

await { all, informer }[scenario]();
console.log('ok');
process.exit(0);
