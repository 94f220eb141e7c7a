package facts

import "testing"

// TestGateMedia has what devices take from sticks and cards: to install it is to install
// what whoever plugs them in wrote, in whatever form the script says so.
func TestGateMedia(t *testing.T) {
	const stick = "mount /dev/sda1 /mnt/usb\n"
	const card = "mount /dev/mmcblk0p1 /mnt/sd\n"
	const check = "openssl dgst -sha256 -verify /etc/k.pem -signature /mnt/usb/s "
	for name, tc := range map[string]struct{ script, want string }{
		"dd":                               {card + "if [ -f /mnt/sd/update.bin ]; then dd if=/mnt/sd/update.bin of=/dev/mtdblock3; fi\n", VerifiesNot},
		"dd, no mount seen":                {"dd if=/mnt/sdcard/update.bin of=/dev/mtdblock3\n", VerifiesNot},
		"dd, over the folder":              {card + "cd /mnt/sd\n[ -f update.bin ] && dd if=update.bin of=/dev/mtdblock3\n", VerifiesNot},
		"dd, from a variable":              {card + "F=/mnt/sd/update.bin\n[ -f $F ] && dd if=$F of=/dev/mtdblock3\n", VerifiesNot},
		"dd, each file":                    {"for f in /mnt/sd/*.bin; do dd if=$f of=/dev/mtdblock3; done\n", VerifiesNot},
		"dd, all forms of a card":          {"mount -t vfat /dev/mmcblk1p1 /tmp/sdcard\ndd if=/tmp/sdcard/a.bin of=/dev/mmcblk0p2\n", VerifiesNot},
		"flashcp":                          {card + "if [ -f /mnt/sd/fw.bin ]; then flashcp -v /mnt/sd/fw.bin /dev/mtd3; fi\n", VerifiesNot},
		"mtd write":                        {"[ -f /mnt/usb/fw.bin ] && mtd -r write /mnt/usb/fw.bin firmware\n", VerifiesNot},
		"cat":                              {card + "cat /mnt/sd/fw.bin > /dev/mtdblock3\n", VerifiesNot},
		"unpacked on the way":              {card + "gunzip -c /mnt/sd/fw.gz | dd of=/dev/mmcblk0p2\n", VerifiesNot},
		"read as the standard input":       {card + "zcat < /mnt/sd/fw.gz | dd of=/dev/mmcblk0p2\n", VerifiesNot},
		"cp of a program":                  {stick + "cp /mnt/usb/app /usr/bin/app\nchmod 755 /usr/bin/app\n", VerifiesNot},
		"cp of a program into the folder":  {stick + "cp -f /mnt/usb/app /usr/bin/\n", VerifiesNot},
		"cp of a tree":                     {stick + "cp -a /mnt/usb/rootfs/* /\n", VerifiesNot},
		"a start script":                   {stick + "cp /mnt/usb/S99x /etc/init.d/\n", VerifiesNot},
		"dpkg":                             {stick + "dpkg -i /mnt/usb/*.deb\n", VerifiesNot},
		"opkg":                             {"opkg install /mnt/usb/app.ipk\n", VerifiesNot},
		"copied, then unpacked":            {stick + "cp /mnt/usb/update.tar.gz /tmp/\ntar xzf /tmp/update.tar.gz -C /\n", VerifiesNot},
		"copied, then unpacked, no slash":  {stick + "cp /mnt/usb/update.tar.gz /tmp\ntar xzf /tmp/update.tar.gz -C /\n", VerifiesNot},
		"one program of an archive":        {stick + "tar xzf /mnt/usb/a.tgz -C / usr/bin/app\n", VerifiesNot},
		"the program decrypts first":       {stick + "openssl enc -d -aes-256-cbc -pass pass:x -in /mnt/usb/f -out /tmp/f\nmtd write /tmp/f firmware\n", VerifiesNot},
		"another program judges":           {card + "check_fw /mnt/sd/fw.bin || exit 1\nmtd write /mnt/sd/fw.bin firmware\n", VerifiesUnknown},
		"another program installs":         {card + "fw_update /mnt/sd/fw.bin\n", VerifiesUnknown},
		"a mount by the hotplug's name":    {"mount /dev/$MDEV /media/usb\n[ -e /media/usb/f.tar ] && tar xf /media/usb/f.tar -C /\n", VerifiesNot},
		"dd, checked":                      {stick + check + "/mnt/usb/fw.bin || exit 1\ndd if=/mnt/usb/fw.bin of=/dev/mtdblock3\n", Verifies},
		"copied, checked, then unpacked":   {stick + "cp /mnt/usb/u.tgz /tmp/\n" + check + "/tmp/u.tgz || exit 1\ntar xzf /tmp/u.tgz -C /\n", Verifies},
		"checked, then changed":            {stick + check + "/mnt/usb/u.tgz || exit 1\ncp /mnt/usb/other.tgz /tmp/\ntar xzf /tmp/other.tgz -C /\n", VerifiesNot},
		"rauc looks itself":                {stick + "rauc install /mnt/usb/u.raucb\n", "none"},
		"data":                             {stick + "cp /mnt/usb/a.mp3 /data/\ncp -r /mnt/usb/music /data/\n", "none"},
		"firmware of a driver":             {"cp -a /media/brcm.bin /lib/firmware/brcm.bin\n", "none"},
		"a tree of sounds":                 {stick + "cp -r /mnt/usb/sounds /usr/share/\n", "none"},
		"settings":                         {stick + "cp /mnt/usb/wifi.conf /etc/\ntar xf /mnt/usb/config.tar -C /etc/config\n", "none"},
		"settings, named in the archive":   {stick + "tar xzf /mnt/usb/b.tgz -C / etc/config etc/passwd\n", "none"},
		"logs onto it":                     {stick + "tar czf /mnt/usb/logs.tgz /var/log\ncp /var/log/messages /mnt/usb/\ndd if=/dev/mtdblock3 of=/mnt/usb/dump\n", "none"},
		"logs out of its folder":           {stick + "cd /\ntar czf /mnt/usb/logs.tgz var/log\n", "none"},
		"the image's own file beside data": {stick + "cat /mnt/usb/name\nmtd write /usr/share/boot.bin boot\n", "none"},
		"what lies in memory beside data":  {stick + "cp /mnt/usb/a.conf /tmp/\ntar xzf /tmp/b.tgz -C /\n", "none"},
		"a partition of the device":        {"mount -t ext4 /dev/mmcblk0p3 /media/data\n[ -x /media/data/run.sh ] && /media/data/run.sh\ntar -xzf /media/data/defaults.tgz -C /etc\n", "none"},
		"such a one, first its folder":     {"mkdir -p /media/data\nmount /dev/mmcblk0p3 /media/data\ntar -xzf /media/data/defaults.tgz -C /\n", "none"},
		"a disk of the device":             {"mount -t ext4 /dev/sda3 /media/data\ndd if=/media/data/k of=/dev/sda2\n", "none"},
		"bare flash":                       {"mount -t ubifs ubi0:data /media/data\ncp /media/data/app /usr/bin/app\n", "none"},
		"a card as a third partition":      {"mount -t vfat /dev/mmcblk1p3 /media/sdcard\ncp /media/sdcard/app /usr/bin/app\n", VerifiesNot},
		"a stick below such a partition":   {"mount -t ext4 /dev/mmcblk0p3 /media\nmount /dev/sda1 /media/usb\ncp /media/usb/app /usr/bin/app\n", VerifiesNot},
	} {
		if got := gateJudged(t, tc.script); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

// TestGateMountTable has the same with the mounts in etc/fstab.
func TestGateMountTable(t *testing.T) {
	for fstab, want := range map[string]int{
		"/dev/mmcblk0p3 /media/data ext4 defaults 0 2\n":  0,
		"#/dev/mmcblk0p3 /media/data ext4 defaults 0 2\n": 1,
		"/dev/sda1 /media/data vfat noauto 0 0\n":         1,
		"": 1,
	} {
		files := map[string]string{"etc/fstab": fstab, "etc/init.d/S10data": "#!/bin/sh\nmount /media/data\ntar -xzf /media/data/defaults.tgz -C /\n"}
		if got := observed(t, Updaters, files); len(got) != want {
			t.Errorf("%q: %+v", fstab, got)
		}
	}
}
