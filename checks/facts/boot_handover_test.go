package facts

import "testing"

func TestBootHandsOver(t *testing.T) {
	base := map[string]string{"sbin/switch_root": "-> ../bin/busybox", "sbin/pivot_root": "-> ../bin/busybox", "etc/init.d/rcS": "#!/bin/sh\n:\n"}
	init := func(text string, more ...string) map[string]string {
		files := map[string]string{"init": "#!/bin/sh\nmount -t proc proc /proc\n" + text + "\n"}
		for i := 0; i+1 < len(more); i += 2 {
			files[more[i]] = more[i+1]
		}
		return files
	}
	testBoot(t, base, []bootCase{
		{"another partition", init("mount /dev/mmcblk0p2 /mnt || exec sh\nexec switch_root /mnt /sbin/init"), "", 1},
		{"a folder that nobody knows", init("exec switch_root -c /dev/console $ROOTFS_DIR /sbin/init", "etc/x", "y\n"), "", 1},
		{"a system in a folder", init("exec switch_root /mnt /sbin/init", "mnt/sbin/init", ""), "", 1},
		{"a copy of a partition in memory", init("mount -t tmpfs tmpfs /mnt\nmount /dev/mtdblock5 /opt\ncp -a /opt /mnt\nexec switch_root /mnt /sbin/init"), "", 1},
		{"pivot_root", init("mount /dev/mtdblock5 /mnt\ncd /mnt\npivot_root . old\nexec chroot . /sbin/init"), "", 1},
		{"chroot", init("mount /dev/mtdblock5 /mnt\nexec chroot /mnt /sbin/init"), "", 1},

		{"an overlay over itself", init("mount -t overlay -o lowerdir=/,upperdir=/data/u,workdir=/data/w overlay /mnt\nexec switch_root /mnt /sbin/init2", "sbin/init2", ""), "", 0},
		{"an overlay and pivot_root", init("mount -t overlay -o lowerdir=/,upperdir=/data/u,workdir=/data/w overlay /mnt\npivot_root /mnt /mnt/rom\nexec chroot /mnt /sbin/init2", "sbin/init2", ""), "", 0},
		{"bound once more", init("mount --bind / /rom\nmount -t overlay -o lowerdir=/rom,upperdir=/u,workdir=/w overlay /mnt\nexec switch_root /mnt /sbin/init2", "sbin/init2", ""), "", 0},
		{"OpenWrt's overlay", init("mount -t overlayfs -olowerdir=/,upperdir=/data/u overlayfs:/data /mnt\npivot_root /mnt /mnt/rom"), "", 0},
		{"a copy in memory", init("mount -t tmpfs tmpfs /mnt\ncp -a $(ls -1 / | grep -v mnt) /mnt\ncd /mnt\npivot_root . initrd\nexec chroot . /bin/busybox init"), "", 0},
		{"another init of this root", init("mount -t overlay -o lowerdir=/,upperdir=/u,workdir=/w overlay /mnt\nexec switch_root /mnt /sbin/init2", "sbin/init2", "#!/bin/sh\ntelnetd\n"), "telnetd", 0},
		{"aufs", init("mount -t aufs -o br=/rw=rw:/=ro none /mnt\nexec switch_root /mnt /sbin/init", "sbin/init", "-> ../bin/busybox"), "", 0},
		{"an init that is not there", init("mount -t aufs -o br=/rw=rw:/=ro none /mnt\nexec switch_root /mnt /sbin/init3"), "", 1},
		{"it goes on itself", init("exec /sbin/init", "sbin/init", "-> ../bin/busybox", "etc/inittab", toRcS), "", 0},
	})
}
