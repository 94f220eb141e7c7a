#!/bin/sh
# Makes the images in this folder, with the tools of e2fsprogs 1.47.
set -eu
cd "$(dirname "$0")"
export E2FSPROGS_FAKE_TIME=1000000000
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/etc" "$tree/many"
echo 'root:x:0:0::/:/bin/sh' >"$tree/etc/passwd"
ln "$tree/etc/passwd" "$tree/etc/passwd-"
ln -s passwd "$tree/etc/link"
ln -s "$(printf '../%.0s' $(seq 30))etc/passwd" "$tree/etc/long"
seq 900 >"$tree/lines"
for i in $(seq 0 2 24) 300; do # with holes
	echo "$i" | dd of="$tree/holes" bs=1024 seek="$i" conv=notrunc status=none
done
for i in $(seq 40); do ln "$tree/etc/passwd" "$tree/many/a-name-of-some-length-that-is-more-than-a-few-bytes-so-that-blocks-fill-$i"; done
find "$tree" -exec touch -h -d @1000000000 {} +

make() { # name options: an image of 96 KiB
	name=$1
	shift
	rm -f "$name"
	mke2fs -q -F -b 1024 -N 32 -U 6f3c1f0e-7c4f-4a55-8a0e-1e1f5d7f7a11 -E hash_seed=6f3c1f0e-7c4f-4a55-8a0e-1e1f5d7f7a12,root_owner=0:0 \
		-L "$name" -d "$tree" "$@" "$name" 96
	head -c 2000 /dev/zero | tr '\0' x >"$tree/value"
	debugfs -w -f - "$name" >/dev/null 2>&1 <<-EOF
		mknod console c 5 1
		ea_set lines user.small 1
		ea_set etc/passwd user.block $(head -c 200 "$tree/value")
		ea_set -f $tree/value holes user.large
	EOF
	rm "$tree/value"
	e2fsck -f -y -D "$name" >/dev/null || [ $? -eq 1 ]
	e2fsck -f -n "$name" >/dev/null
	gzip -9n -f "$name"
}
make ext2 -t ext2 -I 128 -O ^resize_inode
make ext4 -t ext4 -O ^has_journal,^resize_inode,inline_data,ea_inode
make meta -t ext4 -O ^has_journal,^metadata_csum,uninit_bg,meta_bg,^resize_inode
