"""The Kubernetes project's own Python client, unmodified, against the API server alone: no controller runs.

Usage: kubernetes_client.py KUBECONFIG SCENARIO
"""
import json
import sys
import threading

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.rest import ApiException

TIMEOUT = 30


def expect(code, reason, call):
    try:
        call()
    except (ApiException, dynamic.exceptions.DynamicApiError) as error:
        assert error.status == code, f"expected {code}, got {error.status}: {error.body}"
        body = error.body.decode() if isinstance(error.body, bytes) else error.body
        assert reason in body, body
        return error
    raise AssertionError(f"expected {code}, got success")


def namespace(name):
    core = client.CoreV1Api()
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=name)))
    core.create_namespaced_service_account(name, client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="default")))
    return name


def configmaps():
    core, ns = client.CoreV1Api(), namespace("py-configmaps")
    made = core.create_namespaced_config_map(ns, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="a", labels={"x": "y"}), data={"k": "v"}))
    assert made.metadata.uid and made.metadata.creation_timestamp.tzinfo is not None, made
    assert core.read_namespaced_config_map("a", ns).data == {"k": "v"}
    made.data["k"] = "w"
    replaced = core.replace_namespaced_config_map("a", ns, made)
    assert replaced.data == {"k": "w"} and replaced.metadata.resource_version != made.metadata.resource_version
    expect(409, "the object has been modified", lambda: core.replace_namespaced_config_map("a", ns, made))
    assert core.patch_namespaced_config_map("a", ns, {"data": {"b": "c"}}).data == {"k": "w", "b": "c"}
    assert core.patch_namespaced_config_map("a", ns, [{"op": "remove", "path": "/data/b"}]).data == {"k": "w"}
    for i in range(7):
        core.create_namespaced_config_map(ns, client.V1ConfigMap(metadata=client.V1ObjectMeta(generate_name="gen-", labels={"x": "z"})))
    page = core.list_namespaced_config_map(ns, limit=3, label_selector="x=z")
    names = [item.metadata.name for item in page.items]
    while page.metadata._continue:
        page = core.list_namespaced_config_map(ns, limit=3, label_selector="x=z", _continue=page.metadata._continue)
        names += [item.metadata.name for item in page.items]
    assert len(set(names)) == 7 and all(name.startswith("gen-") for name in names), names
    assert [item.metadata.name for item in core.list_namespaced_config_map(ns, field_selector="metadata.name=a").items] == ["a"]
    assert core.delete_namespaced_config_map("a", ns).status == "Success"
    expect(404, 'configmaps \\"a\\" not found', lambda: core.read_namespaced_config_map("a", ns))
    core.delete_collection_namespaced_config_map(ns, label_selector="x=z")
    assert core.list_namespaced_config_map(ns).items == []
    expect(422, "metadata.name: Invalid value", lambda: core.create_namespaced_config_map(ns, client.V1ConfigMap(metadata=client.V1ObjectMeta(name="Bad_"))))


def pods():
    core, ns = client.CoreV1Api(), namespace("py-pods")
    pod = client.V1Pod(metadata=client.V1ObjectMeta(name="p"), spec=client.V1PodSpec(containers=[client.V1Container(
        name="c", image="busybox:1", command=["sleep", "1"],
        resources=client.V1ResourceRequirements(requests={"cpu": "100m", "memory": "16Mi"}),
        ports=[client.V1ContainerPort(container_port=80)])]))
    made = core.create_namespaced_pod(ns, pod)
    assert made.status.phase == "Pending" and made.status.qos_class == "Burstable" and made.spec.service_account_name == "default", made
    assert made.spec.containers[0].image_pull_policy == "IfNotPresent" and made.spec.tolerations[0].toleration_seconds == 300, made.spec
    core.create_namespaced_binding(ns, client.V1Binding(metadata=client.V1ObjectMeta(name="p"), target=client.V1ObjectReference(kind="Node", name="n")), _preload_content=False)
    assert core.read_namespaced_pod("p", ns).spec.node_name == "n"
    core.patch_namespaced_pod_status("p", ns, {"status": {"phase": "Running", "podIP": "10.0.0.1"}})
    status = core.read_namespaced_pod_status("p", ns).status
    assert status.phase == "Running" and status.pod_ip == "10.0.0.1", status
    assert [p.metadata.name for p in core.list_pod_for_all_namespaces(field_selector="spec.nodeName=n,status.phase=Running").items] == ["p"]
    expect(422, "pod updates may not change fields", lambda: core.patch_namespaced_pod("p", ns, {"spec": {"restartPolicy": "Never"}}))
    gone = core.delete_namespaced_pod("p", ns, grace_period_seconds=30)
    assert gone.metadata.deletion_timestamp and gone.metadata.deletion_grace_period_seconds == 30, gone
    core.delete_namespaced_pod("p", ns, grace_period_seconds=0)
    expect(404, "not found", lambda: core.read_namespaced_pod("p", ns))


def deployments():
    apps, ns = client.AppsV1Api(), namespace("py-deployments")
    labels = {"app": "web"}
    made = apps.create_namespaced_deployment(ns, client.V1Deployment(
        metadata=client.V1ObjectMeta(name="web"),
        spec=client.V1DeploymentSpec(replicas=2, selector=client.V1LabelSelector(match_labels=labels), template=client.V1PodTemplateSpec(
            metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[client.V1Container(name="c", image="i:1")])))))
    assert made.metadata.generation == 1 and made.spec.strategy.rolling_update.max_surge == "25%", made
    scale = apps.read_namespaced_deployment_scale("web", ns)
    assert scale.spec.replicas == 2 and scale.status.selector == "app=web", scale
    assert apps.patch_namespaced_deployment_scale("web", ns, {"spec": {"replicas": 5}}).spec.replicas == 5
    changed = apps.patch_namespaced_deployment("web", ns, {"spec": {"template": {"spec": {"containers": [{"name": "c", "image": "i:2"}]}}}})
    assert changed.spec.replicas == 5 and len(changed.spec.template.spec.containers) == 1 and changed.metadata.generation == 3, changed
    expect(422, "field is immutable", lambda: apps.patch_namespaced_deployment("web", ns, {"spec": {"selector": {"matchLabels": {"other": "x"}}}}))
    apps.delete_namespaced_deployment("web", ns, propagation_policy="Foreground")
    utils.create_from_dict(client.ApiClient(), {"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s", "namespace": ns}, "spec": {"ports": [{"port": 80}]}},
        {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "j", "namespace": ns}, "spec": {"schedule": "* * * * *", "jobTemplate": {
            "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}}}}}}]})
    assert client.BatchV1Api().read_namespaced_cron_job("j", ns).spec.concurrency_policy == "Allow"


def watching():
    core, ns = client.CoreV1Api(), namespace("py-watch")
    since = core.list_namespaced_config_map(ns).metadata.resource_version

    def change():
        for i in range(3):
            core.create_namespaced_config_map(ns, client.V1ConfigMap(metadata=client.V1ObjectMeta(name=f"w{i}")))
        core.patch_namespaced_config_map("w1", ns, {"data": {"a": "b"}})
        core.delete_namespaced_config_map("w2", ns)

    changer = threading.Thread(target=change)
    changer.start()
    seen, stream = [], watch.Watch()
    for event in stream.stream(core.list_namespaced_config_map, ns, resource_version=since, timeout_seconds=TIMEOUT):
        assert isinstance(event["object"], client.V1ConfigMap), event
        seen.append((event["type"], event["object"].metadata.name))
        if len(seen) == 5:
            stream.stop()
    changer.join()
    assert seen == [("ADDED", "w0"), ("ADDED", "w1"), ("ADDED", "w2"), ("MODIFIED", "w1"), ("DELETED", "w2")], seen
    # A watch whose time is over ends; one without a version begins with what there is.
    names = {event["object"].metadata.name for event in watch.Watch().stream(core.list_namespaced_config_map, ns, timeout_seconds=1)}
    assert names == {"w0", "w1"}, names


def dynamic_client():
    ns = namespace("py-dynamic")
    api = dynamic.DynamicClient(client.ApiClient())
    kind = api.resources.get(api_version="apps/v1", kind="Deployment")
    labels = {"app": "d"}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {
        "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}
    made = kind.create(body=body, namespace=ns)
    assert made.spec.replicas == 1 and made.metadata.uid, made
    assert [item.metadata.name for item in kind.get(namespace=ns, label_selector="").items] == ["d"]
    patched = kind.patch(name="d", namespace=ns, body={"spec": {"replicas": 4}}, content_type="application/merge-patch+json")
    assert patched.spec.replicas == 4, patched
    body = made.to_dict()
    body["metadata"].pop("resourceVersion")
    body["spec"]["paused"] = True
    assert kind.replace(body=body, namespace=ns).spec.paused is True
    events = kind.watch(namespace=ns, timeout=1)
    assert [(event["type"], event["object"].metadata.name) for event in events] == [("ADDED", "d")]
    assert kind.scale.get(name="d", namespace=ns).spec.replicas == 1
    kind.delete(name="d", namespace=ns)
    expect(404, "not found", lambda: kind.get(name="d", namespace=ns))
    assert api.resources.get(api_version="v1", kind="Node").namespaced is False
    assert api.version["kubernetes"]["major"] == "1"


def apply():
    ns = namespace("py-apply")
    api = dynamic.DynamicClient(client.ApiClient())
    kind = api.resources.get(api_version="v1", kind="ConfigMap")

    def run(body, manager, **options):
        # This version of the client takes the body as text.
        return kind.server_side_apply(body=json.dumps(body), name="a", namespace=ns, field_manager=manager, **options)

    one = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "1", "mine": "x"}}
    made = run(one, "one")
    assert made.to_dict()["data"] == {"k": "1", "mine": "x"} and made.metadata.managedFields[0].manager == "one", made
    two = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "2"}}
    expect(409, 'conflict with \\"one\\"', lambda: run(two, "two"))
    forced = run(two, "two", force_conflicts=True)
    assert forced.to_dict()["data"] == {"k": "2", "mine": "x"}, forced
    one["data"] = {}
    assert run(one, "one").to_dict()["data"] == {"k": "2"}


def reviews():
    allowed = client.AuthorizationV1Api().create_self_subject_access_review(client.V1SelfSubjectAccessReview(
        spec=client.V1SelfSubjectAccessReviewSpec(resource_attributes=client.V1ResourceAttributes(verb="delete", resource="nodes"))))
    assert allowed.status.allowed is True, allowed
    ns = namespace("py-token")
    token = client.CoreV1Api().create_namespaced_service_account_token(
        "default", ns, client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[]))).status.token
    configuration = client.Configuration.get_default_copy()
    configuration.cert_file = configuration.key_file = None
    configuration.api_key = {"authorization": "Bearer " + token}
    account = client.CoreV1Api(client.ApiClient(configuration))
    error = expect(403, f"system:serviceaccount:{ns}:default", lambda: account.list_node())
    assert "Forbidden" in error.body
    assert client.VersionApi().get_code().git_version.startswith("v1.32.")
    assert "apps" in [group.name for group in client.ApisApi().get_api_versions().groups]


def main():
    kubeconfig, scenario = sys.argv[1:]
    config.load_kube_config(kubeconfig)
    globals()[scenario]()
    print("ok", flush=True)


main()
