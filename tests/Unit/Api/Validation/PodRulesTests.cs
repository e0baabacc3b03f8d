using System.Text.Json.Nodes;

namespace Kube.Api.Tests.Validation;

/// <summary>What Kubernetes refuses in pods, with its places and words: a row a rule.</summary>
public sealed class PodRulesTests
{
    private const string C = "spec.containers[0]";
    private const string Label = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    private const string NoAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    private static string Pod(string spec, string metadata = "name: p") =>
        Cases.Create($"{{apiVersion: v1, kind: Pod, metadata: {{{metadata}}}, spec: {{{spec}}}}}");

    /// <summary>A pod of one container with these fields.</summary>
    private static string Container(string fields, string spec = "") => Pod($"containers: [{{name: c, image: i, {fields}}}]{(spec.Length > 0 ? ", " + spec : "")}");

    /// <summary>A pod with one container and these fields beside it.</summary>
    private static string Spec(string fields) => Pod($"containers: [{{name: c, image: i}}], {fields}");

    [Theory]
    [InlineData("restartPolicy: Always", C + ".restartPolicy: Forbidden: may not be set for non-init containers")]
    [InlineData("terminationMessagePolicy: X", C + ".terminationMessagePolicy: Unsupported value: \"X\": supported values: \"File\", \"FallbackToLogsOnError\"")]
    [InlineData("ports: [{containerPort: 1, name: a}, {containerPort: 2, name: a}]", C + ".ports[1].name: Duplicate value: \"a\"")]
    [InlineData("ports: [{containerPort: 0}]", C + ".ports[0].containerPort: Required value")]
    [InlineData("ports: [{containerPort: 1, hostPort: -1, protocol: X}]", C + ".ports[0].hostPort: Invalid value: -1: must be between 1 and 65535, inclusive\n" + C + ".ports[0].protocol: Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\"")]
    [InlineData("ports: [{containerPort: 1, hostPort: 8}, {containerPort: 2, hostPort: 8}]", C + ".ports[1].hostPort: Duplicate value: \"TCP//8\"")]
    [InlineData("env: [{name: 'a=b', value: v}]", C + ".env[0].name: Invalid value: \"a=b\": a valid environment variable name must consist only of printable ASCII characters other than '='")]
    [InlineData("env: [{name: a, valueFrom: {fieldRef: {fieldPath: spec.x}}}]", C + ".env[0].valueFrom.fieldRef.fieldPath: Invalid value: \"spec.x\": error converting fieldPath: field label not supported: spec.x")]
    [InlineData("env: [{name: a, valueFrom: {fieldRef: {fieldPath: metadata.labels}}}]", C + ".env[0].valueFrom.fieldRef.fieldPath: Unsupported value: \"metadata.labels\": supported values: \"metadata.name\", \"metadata.namespace\", \"metadata.uid\", \"spec.nodeName\", \"spec.serviceAccountName\", \"status.hostIP\", \"status.hostIPs\", \"status.podIP\", \"status.podIPs\"")]
    [InlineData("env: [{name: a, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a']\"}}}]", "")]
    [InlineData("env: [{name: a, valueFrom: {resourceFieldRef: {resource: limits.x}}}]", C + ".env[0].valueFrom.resourceFieldRef.resource: Unsupported value: \"limits.x\": supported values: \"limits.cpu\", \"limits.ephemeral-storage\", \"limits.memory\", \"requests.cpu\", \"requests.ephemeral-storage\", \"requests.memory\"")]
    [InlineData("env: [{name: a, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: 2}}}]", C + ".env[0].valueFrom.resourceFieldRef.divisor: Invalid value: \"limits.cpu\": only divisor's values 1m and 1 are supported with the cpu resource")]
    [InlineData("env: [{name: a, valueFrom: {secretKeyRef: {name: s, key: a b}}}]", C + ".env[0].valueFrom.secretKeyRef.key: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")]
    [InlineData("env: [{name: a, valueFrom: {secretKeyRef: {name: s, key: k}, configMapKeyRef: {name: m, key: k}}}]", C + ".env[0].valueFrom: Invalid value: \"\": may not have more than one field specified at a time")]
    [InlineData("env: [{name: a, valueFrom: {}}]", C + ".env[0].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")]
    [InlineData("envFrom: [{prefix: a}]", C + ".envFrom: Invalid value: \"\": must specify one of: `configMapRef` or `secretRef`")]
    [InlineData("envFrom: [{configMapRef: {name: a}, secretRef: {name: b}}]", C + ".envFrom: Invalid value: \"\": may not have more than one field specified at a time")]
    [InlineData("envFrom: [{secretRef: {}}]", C + ".envFrom[0].secretRef.name: Required value")]
    [InlineData("resources: {limits: {x: 1}}", C + ".resources.limits[x]: Invalid value: \"x\": must be a standard resource type or fully qualified\n" + C + ".resources.limits[x]: Invalid value: \"x\": must be a standard resource for containers\n" + C + ".resources.requests[x]: Invalid value: \"x\": must be a standard resource type or fully qualified\n" + C + ".resources.requests[x]: Invalid value: \"x\": must be a standard resource for containers")]
    [InlineData("resources: {limits: {a.b/c: 500m}, requests: {a.b/c: 500m}}", C + ".resources.limits[a.b/c]: Invalid value: 500m: must be an integer\n" + C + ".resources.requests[a.b/c]: Invalid value: 500m: must be an integer")]
    [InlineData("resources: {requests: {a.b/c: 1}}", C + ".resources.limits: Required value: Limit must be set for non overcommitable resources")]
    [InlineData("resources: {requests: {a.b/c: 1}, limits: {a.b/c: 2}}", C + ".resources.requests: Invalid value: \"1\": must be equal to a.b/c limit of 2")]
    [InlineData("resources: {limits: {hugepages-2Mi: 3Mi, cpu: 1}}", C + ".resources.limits[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of hugepages-2Mi\n" + C + ".resources.requests[hugepages-2Mi]: Invalid value: \"3Mi\": 3Mi is not positive integer multiple of hugepages-2Mi")]
    [InlineData("resources: {limits: {hugepages-2Mi: 4Mi}}", C + ".resources: Forbidden: HugePages require cpu or memory")]
    [InlineData("resources: {claims: [{name: g}]}", C + ".resources.claims[0]: Not found: \"g\": must be one of the names in pod.spec.resourceClaims which is empty")]
    [InlineData("livenessProbe: {exec: {}}", C + ".livenessProbe.exec.command: Required value")]
    [InlineData("livenessProbe: {exec: {command: [a]}, tcpSocket: {port: 1}}", C + ".livenessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type")]
    [InlineData("livenessProbe: {httpGet: {port: 0, scheme: ftp, httpHeaders: [{name: a b, value: c}]}}", C + ".livenessProbe.httpGet.port: Invalid value: 0: must be between 1 and 65535, inclusive\n" + C + ".livenessProbe.httpGet.scheme: Unsupported value: \"ftp\": supported values: \"HTTP\", \"HTTPS\"\n" + C + ".livenessProbe.httpGet.httpHeaders: Invalid value: \"a b\": a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')")]
    [InlineData("livenessProbe: {tcpSocket: {port: 1}, successThreshold: 2, periodSeconds: -1, terminationGracePeriodSeconds: 0}", C + ".livenessProbe.periodSeconds: Invalid value: -1: must be greater than or equal to 0\n" + C + ".livenessProbe.terminationGracePeriodSeconds: Invalid value: 0: must be greater than 0\n" + C + ".livenessProbe.successThreshold: Invalid value: 2: must be 1")]
    [InlineData("readinessProbe: {grpc: {port: 70000}, successThreshold: 2, terminationGracePeriodSeconds: 1}", C + ".readinessProbe.grpc.port: Invalid value: 70000: must be between 1 and 65535, inclusive\n" + C + ".readinessProbe.terminationGracePeriodSeconds: Invalid value: 1: must not be set for readinessProbes")]
    [InlineData("lifecycle: {preStop: {}}", C + ".lifecycle.preStop: Required value: must specify a handler type")]
    [InlineData("lifecycle: {preStop: {sleep: {seconds: 31}}}", C + ".lifecycle.preStop.sleep: Invalid value: 31: must be greater than 0 and less than terminationGracePeriodSeconds (30). Enable AllowPodLifecycleSleepActionZeroValue feature gate for zero sleep.")]
    [InlineData("securityContext: {runAsUser: -1, procMount: Unmasked}", C + ".securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive\n" + C + ".securityContext.procMount: Invalid value: \"Unmasked\": `hostUsers` must be false to use `Unmasked`")]
    [InlineData("securityContext: {allowPrivilegeEscalation: false, privileged: true}", C + ".securityContext: Invalid value: {\"allowPrivilegeEscalation\":false,\"privileged\":true}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true")]
    [InlineData("securityContext: {seccompProfile: {type: Localhost}}", C + ".securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp type is Localhost")]
    [InlineData("securityContext: {appArmorProfile: {type: Localhost, localhostProfile: ' a'}}", C + ".securityContext.appArmorProfile.localhostProfile: Invalid value: \" a\": must not be padded with whitespace")]
    [InlineData("securityContext: {windowsOptions: {runAsUserName: 'a\\b\\c'}}", C + ".securityContext.windowsOptions.runAsUserName: Invalid value: \"a\\\\b\\\\c\": runAsUserName cannot contain more than one backslash")]
    public void Containers(string fields, string errors) => Assert.Equal(errors, Container(fields));

    [Theory]
    [InlineData("volumeMounts: [{name: v, mountPath: /a}, {name: v, mountPath: /a}]", C + ".volumeMounts[1].mountPath: Invalid value: \"/a\": must be unique")]
    [InlineData("volumeMounts: [{name: v, mountPath: /a, subPath: /b}]", C + ".volumeMounts.subPath: Invalid value: \"/b\": must be a relative path")]
    [InlineData("volumeMounts: [{name: v, mountPath: /a, subPath: b, subPathExpr: ../c}]", C + ".volumeMounts[0].subPathExpr: Invalid value: \"../c\": subPathExpr and subPath are mutually exclusive\n" + C + ".volumeMounts.subPathExpr: Invalid value: \"../c\": must not contain '..'")]
    [InlineData("volumeMounts: [{name: v, mountPath: /a, mountPropagation: X}]", C + ".volumeMounts.mountPropagation: Unsupported value: \"X\": supported values: \"Bidirectional\", \"HostToContainer\", \"None\"")]
    [InlineData("volumeMounts: [{name: v, mountPath: /a, mountPropagation: Bidirectional}]", C + ".volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is available only to privileged containers")]
    [InlineData("volumeMounts: [{name: v, mountPath: /a, recursiveReadOnly: Enabled}]", C + ".volumeMounts.recursiveReadOnly: Forbidden: may only be specified when readOnly is true")]
    [InlineData("volumeDevices: [{name: v, devicePath: /a}]", C + ".volumeDevices[0].name: Invalid value: \"v\": can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode")]
    [InlineData("volumeDevices: [{name: w, devicePath: /../a}], volumeMounts: [{name: w, mountPath: /b}]", C + ".volumeMounts[0].name: Invalid value: \"w\": must not already exist in volumeDevices\n" + C + ".volumeDevices[0].devicePath: Invalid value: \"/../a\": can not contain backsteps ('..')\n" + C + ".volumeDevices[0].name: Invalid value: \"w\": must not already exist in volumeMounts")]
    public void Mounts(string fields, string errors) => Assert.Equal(errors, Container(fields, "volumes: [{name: v, emptyDir: {}}, {name: w, persistentVolumeClaim: {claimName: c}}]"));

    [Theory]
    [InlineData("emptyDir: {}, hostPath: {path: /a}", "spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type")]
    [InlineData("hostPath: {path: /a/../b, type: X}", "spec.volumes[0].hostPath.path: Invalid value: \"/a/../b\": must not contain '..'\nspec.volumes[0].hostPath.type: Unsupported value: \"X\": supported values: \"\", \"BlockDevice\", \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\", \"Socket\"")]
    [InlineData("secret: {defaultMode: 512, items: [{key: a, path: ..b}]}", "spec.volumes[0].secret.secretName: Required value\nspec.volumes[0].secret.defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive\nspec.volumes[0].secret.items[0].path: Invalid value: \"..b\": must not start with '..'")]
    [InlineData("configMap: {name: m, items: [{key: a, path: /b, mode: -1}]}", "spec.volumes[0].configMap.items[0].path: Invalid value: \"/b\": must be a relative path\nspec.volumes[0].configMap.items[0].mode: Invalid value: -1: must be a number between 0 and 0777 (octal), both inclusive")]
    [InlineData("nfs: {server: s, path: a}", "spec.volumes[0].nfs.path: Invalid value: \"a\": must be an absolute path")]
    [InlineData("iscsi: {targetPortal: t, iqn: x, lun: 256}", "spec.volumes[0].iscsi.iqn: Invalid value: \"x\": must be valid format starting with iqn, eui, or naa\nspec.volumes[0].iscsi.lun: Invalid value: 256: must be between 0 and 255, inclusive")]
    [InlineData("csi: {driver: 'A_b'}", "spec.volumes[0].csi.driver: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")]
    [InlineData("downwardAPI: {items: [{path: a}]}", "spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required")]
    [InlineData("downwardAPI: {items: [{path: a, resourceFieldRef: {resource: limits.cpu}}]}", "spec.volumes[0].downwardAPI.resourceFieldRef.containerName: Required value")]
    [InlineData("projected: {sources: [{secret: {name: s, items: [{key: k, path: p}]}}, {configMap: {name: m, items: [{key: k, path: p}]}}]}", "spec.volumes[0].projected: Invalid value: \"m\": conflicting duplicate paths")]
    [InlineData("projected: {sources: [{secret: {name: s}, configMap: {name: m}}]}", "spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per source")]
    [InlineData("ephemeral: {}", "spec.volumes[0].ephemeral.volumeClaimTemplate: Required value")]
    [InlineData("ephemeral: {volumeClaimTemplate: {metadata: {name: w}, spec: {accessModes: [ReadWriteOnce]}}}", "spec.volumes[0].ephemeral.volumeClaimTemplate.metadata.name: Forbidden: cannot be set\nspec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]: Required value")]
    [InlineData("gcePersistentDisk: {partition: 256}", "spec.volumes[0].persistentDisk.pdName: Required value\nspec.volumes[0].persistentDisk.partition: Invalid value: 256: must be between 1 and 255, inclusive")]
    [InlineData("flexVolume: {driver: d, options: {kubernetes.io/a: b}}", "spec.volumes[0].flexVolume.options[kubernetes.io/a]: Invalid value: \"kubernetes.io/a\": kubernetes.io and k8s.io namespaces are reserved")]
    public void Volumes(string source, string errors) => Assert.Equal(errors, Spec($"volumes: [{{name: v, {source}}}]"));

    [Theory]
    [InlineData("terminationGracePeriodSeconds: -1", "")]
    [InlineData("initContainers: [{name: d, image: ' i '}]", "spec.initContainers[0].image: Invalid value: \" i \": must not have leading or trailing whitespace")]
    [InlineData("imagePullSecrets: [{}]", "")]
    [InlineData("initContainers: [{name: c, image: i, livenessProbe: {tcpSocket: {port: 1}}}]", "spec.initContainers[0].name: Duplicate value: \"c\"\nspec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always")]
    [InlineData("initContainers: [{name: d, image: i, restartPolicy: Always, livenessProbe: {tcpSocket: {port: 1}}}]", "")]
    [InlineData("initContainers: [{name: d, image: i, restartPolicy: Never}]", "spec.initContainers[0].restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"")]
    [InlineData("ephemeralContainers: [{name: e, image: i, ports: [{containerPort: 1}], targetContainerName: x}]", "spec.ephemeralContainers[0].targetContainerName: Not found: \"x\"\nspec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container\nspec.ephemeralContainers: Forbidden: cannot be set on create")]
    [InlineData("nodeName: m, schedulingGates: [{name: a.b/c}]", "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared")]
    [InlineData("schedulingGates: [{name: a.b/c}, {name: a.b/c}]", "spec.schedulingGates[1]: Duplicate value: \"a.b/c\"")]
    [InlineData("dnsPolicy: None", "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None")]
    [InlineData("dnsPolicy: None, dnsConfig: {searches: [a]}", "spec.dnsConfig.nameservers: Required value: must provide at least one DNS nameserver when `dnsPolicy` is None")]
    [InlineData("dnsConfig: {nameservers: [1.2.3.4, '1', 1.2.3.4, 1.2.3.4], searches: ['a_b'], options: [{value: x}]}", "spec.dnsConfig.nameservers: Invalid value: []string{\"1.2.3.4\", \"1\", \"1.2.3.4\", \"1.2.3.4\"}: must not have more than 3 nameservers\nspec.dnsConfig.nameservers[1]: Invalid value: \"1\": " + NoAddress + "\nspec.dnsConfig.searches[0]: Invalid value: \"a_b\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\nspec.dnsConfig.options[0]: Required value: must not be empty")]
    [InlineData("hostAliases: [{ip: 'fe80::1%eth0', hostnames: [a]}]", "spec.hostAliases[0].ip: Invalid value: \"fe80::1%eth0\": " + NoAddress)]
    [InlineData("hostUsers: false, hostNetwork: true, hostPID: true", "spec.hostNetwork: Forbidden: when `pod.Spec.HostUsers` is false\nspec.HostPID: Forbidden: when `pod.Spec.HostUsers` is false")]
    [InlineData("shareProcessNamespace: true, hostPID: true", "spec.securityContext.shareProcessNamespace: Invalid value: true: ShareProcessNamespace and HostPID cannot both be enabled")]
    [InlineData("hostNetwork: true, securityContext: {sysctls: [{name: net/ipv4/ip_forward, value: '1'}]}", "spec.securityContext.sysctls[0].name: Invalid value: \"net/ipv4/ip_forward\": may not be specified when 'hostNetwork' is true")]
    [InlineData("securityContext: {supplementalGroups: [1, -1], fsGroupChangePolicy: X}", "spec.securityContext.supplementalGroups[1]: Invalid value: -1: must be between 0 and 2147483647, inclusive\nspec.securityContext.fsGroupChangePolicy: Unsupported value: \"X\": supported values: \"Always\", \"OnRootMismatch\"")]
    [InlineData("os: {name: mac}", "spec.os: Unsupported value: \"mac\": supported values: \"linux\", \"windows\"")]
    [InlineData("os: {name: windows}, hostPID: true, securityContext: {runAsUser: 1}", "spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod\nspec.hostPID: Forbidden: cannot be set for a windows pod")]
    [InlineData("os: {name: linux}, securityContext: {windowsOptions: {}}", "spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod")]
    [InlineData("readinessGates: [{conditionType: a b}]", "spec.readinessGates[0].conditionType: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')")]
    [InlineData("tolerations: [{key: k, operator: Exists, value: v}]", "spec.tolerations[0].operator: Invalid value: \"v\": value must be empty when `operator` is 'Exists'")]
    [InlineData("affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 101, preference: {matchExpressions: [{key: k, operator: In}]}}]}}", "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight: Invalid value: 101: must be in the range 1-100\nspec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'")]
    [InlineData("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchFields: [{key: spec.x, operator: In, values: [a, b]}]}]}}}", "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values: Required value: must be only one value when `operator` is 'In' or 'NotIn' for node field selector\nspec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].key: Invalid value: \"spec.x\": not a valid field selector key")]
    [InlineData("affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: t, namespaces: [A], matchLabelKeys: [k]}]}}", "spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].namespace: Invalid value: \"A\": " + Label + "\nspec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys: Forbidden: must not be specified when labelSelector is not set")]
    [InlineData("topologySpreadConstraints: [{maxSkew: 0, topologyKey: t, whenUnsatisfiable: DoNotSchedule}, {maxSkew: 1, topologyKey: t, whenUnsatisfiable: DoNotSchedule}]", "spec.topologySpreadConstraints[0].maxSkew: Invalid value: 0: must be greater than zero\nspec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: \"{t, DoNotSchedule}\"")]
    [InlineData("topologySpreadConstraints: [{maxSkew: 1, topologyKey: t, whenUnsatisfiable: ScheduleAnyway, minDomains: 1, matchLabelKeys: [a], labelSelector: {matchLabels: {a: b}}}]", "spec.topologySpreadConstraints[0].minDomains: Invalid value: 1: can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway\nspec.topologySpreadConstraints[0].matchLabelKeys[0]: Invalid value: \"a\": exists in both matchLabelKeys and labelSelector")]
    [InlineData("overhead: {x: 1}", "spec.overhead.limits[x]: Invalid value: \"x\": must be a standard resource type or fully qualified\nspec.overhead.limits[x]: Invalid value: \"x\": must be a standard resource for containers")]
    [InlineData("resourceClaims: [{name: a}, {name: a, resourceClaimName: c}]", "spec.resourceClaims[0]: Invalid value: {\"name\":\"a\"}: must specify one of: `resourceClaimName`, `resourceClaimTemplateName`\nspec.resourceClaims[1].name: Duplicate value: \"a\"")]
    public void Specs(string fields, string errors) => Assert.Equal(errors, Spec(fields));

    [Theory]
    [InlineData("name: p, annotations: {kubernetes.io/config.mirror: x}", "metadata.annotations[kubernetes.io/config.mirror]: Invalid value: \"x\": must set spec.nodeName if mirror pod annotation is set")]
    [InlineData("name: p, annotations: {controller.kubernetes.io/pod-deletion-cost: '+1'}", "metadata.annotations[controller.kubernetes.io/pod-deletion-cost]: Invalid value: \"+1\": must be a 32bit integer")]
    [InlineData("name: p, annotations: {container.apparmor.security.beta.kubernetes.io/x: bad}", "metadata.annotations[container.apparmor.security.beta.kubernetes.io/x]: Invalid value: \"x\": container not found\nmetadata.annotations[container.apparmor.security.beta.kubernetes.io/x]: Invalid value: \"bad\": invalid AppArmor profile name: \"bad\"")]
    [InlineData("name: p, finalizers: [mine]", "metadata.finalizers[0]: Invalid value: \"mine\": name is neither a standard finalizer name nor is it fully qualified")]
    [InlineData("name: p, ownerReferences: [{apiVersion: v1, kind: Event, name: e, uid: u}]", "metadata.ownerReferences: Invalid value: {\"apiVersion\":\"v1\",\"kind\":\"Event\",\"name\":\"e\",\"uid\":\"u\"}: /v1, Kind=Event is disallowed from being an owner")]
    public void Metadata(string metadata, string errors) => Assert.Equal(errors, Pod("containers: [{name: c, image: i}]", metadata));

    [Fact]
    public void The_port_of_the_host_is_the_containers_in_the_hosts_network() => Assert.Equal(
        C + ".ports[0].hostPort: Invalid value: 9: must match `containerPort` when `hostNetwork` is true", Container("ports: [{containerPort: 8, hostPort: 9}]", "hostNetwork: true"));

    private const string Gated = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {nodeSelector: {a: b}, schedulingGates: [{name: x.y/g}], containers: [{name: c, image: i}]}}";
    private const string Ended = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}, status: {qosClass: BestEffort, containerStatuses: [{name: c, image: i, imageID: '', ready: false, restartCount: 0, state: {terminated: {exitCode: 0}}}]}}";

    [Fact]
    public void A_gated_pods_placement_narrows()
    {
        Assert.Equal("", Cases.Update(Gated, p => p["spec"]!["nodeSelector"]!["c"] = "d"));
        Assert.Equal("", Cases.Update(Gated, p => p["spec"]!.AsObject().Remove("schedulingGates")));
        Assert.Equal("", Cases.Update(Gated, p => p["spec"]!["affinity"] = JsonNode.Parse("""{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"k","operator":"Exists"}]}]}}}""")));
        Assert.Equal(
            "spec.nodeSelector: Invalid value: map[string]string{\"a\":\"c\"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)",
            Cases.Update(Gated, p => p["spec"]!["nodeSelector"]!["a"] = "c"));
        Assert.Equal(
            "spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'x.y/h'",
            Cases.Update(Gated, p => p["spec"]!["schedulingGates"]!.AsArray().Add(JsonNode.Parse("""{"name":"x.y/h"}"""))));
        Assert.Equal(
            "metadata.annotations[kubernetes.io/config.mirror]: Invalid value: \"m\": must set spec.nodeName if mirror pod annotation is set\nmetadata.annotations[kubernetes.io/config.mirror]: Forbidden: may not add mirror pod annotation",
            Cases.Update(Gated, p => p["metadata"]!["annotations"] = new JsonObject { ["kubernetes.io/config.mirror"] = "m" }));
    }

    [Theory]
    [InlineData("""{"qosClass":"Guaranteed"}""", "status.qosClass: Invalid value: \"Guaranteed\": field is immutable")]
    [InlineData("""{"qosClass":"BestEffort","containerStatuses":[{"name":"c","state":{"running":{}}}]}""", "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state")]
    [InlineData("""{"qosClass":"BestEffort","podIPs":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}]}""", "status.podIPs: Invalid value: [{\"ip\":\"10.0.0.1\"},{\"ip\":\"10.0.0.2\"}]: may specify no more than one IP for each IP family")]
    [InlineData("""{"qosClass":"BestEffort","hostIP":"10.0.0.1","hostIPs":[{"ip":"10.0.0.2"}]}""", "status.hostIPs[0].ip: Invalid value: \"10.0.0.2\": must be equal to `hostIP`")]
    [InlineData("""{"qosClass":"BestEffort","conditions":[{"type":"Ready","status":"True"},{"type":"x.y/z","status":"True"}]}""", "")]
    public void Statuses(string status, string errors) => Assert.Equal(errors, Cases.Update(Ended, p => p["status"] = JsonNode.Parse(status), "status"));

    [Fact]
    public void Memory_in_use_is_not_taken_away()
    {
        const string pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i, resources: {limits: {memory: 2Gi, cpu: 1}}}]}}";
        Assert.Equal("", Cases.Update(pod, p => SetMemory(p, "3Gi"), "resize"));
        Assert.Equal(C + ".resources.limits[memory]: Forbidden: memory limits cannot be decreased unless resizePolicy is RestartContainer", Cases.Update(pod, p => SetMemory(p, "1Gi"), "resize"));
    }

    private static void SetMemory(JsonObject pod, string amount)
    {
        foreach (var list in (string[])["limits", "requests"])
        {
            pod["spec"]!["containers"]![0]!["resources"]![list]!["memory"] = amount;
        }
    }
}
