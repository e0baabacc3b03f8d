#!/bin/sh
# usage: busybox-image.sh DIR REGISTRY
# Makes two images from the static busybox of this machine and pushes them to an insecure registry:
# REGISTRY/busybox:1 (a shell and its programs) and REGISTRY/pause:1 (sleeps for ever: what sandboxes run).
# Needs busybox (static), umoci and skopeo.
set -e
dir=$1
registry=$2
busybox=$(command -v busybox)
umoci init --layout "$dir/oci"
umoci new --image "$dir/oci:busybox"
umoci unpack --image "$dir/oci:busybox" "$dir/bundle"
root=$dir/bundle/rootfs
mkdir -p "$root/bin" "$root/tmp" "$root/etc" "$root/root" "$root/dev" "$root/proc" "$root/sys"
chmod 1777 "$root/tmp"
cp "$busybox" "$root/bin/busybox"
for program in $("$busybox" --list); do
  [ "$program" = busybox ] || ln -s busybox "$root/bin/$program"
done
echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
echo 'root:x:0:' >"$root/etc/group"
umoci repack --image "$dir/oci:busybox" "$dir/bundle"
umoci config --image "$dir/oci:busybox" --config.cmd sh --config.env PATH=/bin
umoci tag --image "$dir/oci:busybox" pause
umoci config --image "$dir/oci:pause" --config.cmd tail --config.cmd -f --config.cmd /dev/null
for image in busybox pause; do
  skopeo copy --insecure-policy --dest-tls-verify=false "oci:$dir/oci:$image" "docker://$registry/$image:1"
done
