package facts

import "testing"

func TestGateTakesElsewhere(t *testing.T) {
	const get = "wget -O /tmp/x http://fw.example.invalid/x\nwget -O /tmp/x.sig http://fw.example.invalid/s\n"
	const check = "openssl dgst -sha256 -verify /etc/k.pem -signature /tmp/x.sig /tmp/x || exit 1\n"
	const stick = "mount /dev/sda1 /stick\n"
	for name, tc := range map[string]struct{ script, want string }{
		"insmod":                       {get + "insmod /tmp/x\n", VerifiesNot},
		"insmod, checked":              {get + check + "insmod /tmp/x\n", Verifies},
		"kexec":                        {get + "kexec -l /tmp/x\n", VerifiesNot},
		"a module of the image":        {get + "insmod /lib/modules/y.ko\n", "none"},
		"an image over the software":   {get + "mount -o loop /tmp/x /opt/app\n", VerifiesNot},
		"such an image, checked":       {get + check + "mount -o loop,ro /tmp/x /opt/app\n", Verifies},
		"a program out of an image":    {get + "mount -o loop /tmp/x /mnt/x\ncp /mnt/x/app /usr/bin/app\n", VerifiesNot},
		"such a program, checked":      {get + check + "mount -o loop /tmp/x /mnt/x\ncp /mnt/x/app /usr/bin/app\n", Verifies},
		"data out of an image":         {get + "mount -o loop /tmp/x /mnt/x\ncp /mnt/x/map.png /data/map.png\n", "none"},
		"docker pull":                  {"docker pull r.example.invalid/app:latest\ndocker run -d r.example.invalid/app\n", VerifiesNot},
		"docker compose":               {"docker compose pull\ndocker compose up -d\n", VerifiesNot},
		"docker pull by its digest":    {"docker pull r.example.invalid/app@sha256:0123\ndocker run -d r.example.invalid/app@sha256:0123\n", "none"},
		"docker with content trust":    {"export DOCKER_CONTENT_TRUST=1\ndocker pull r.example.invalid/app:1\n", VerifiesUnknown},
		"podman has a policy":          {"podman pull r.example.invalid/app:1\n", VerifiesUnknown},
		"docker load":                  {get + "docker load -i /tmp/x\n", VerifiesNot},
		"docker load, checked":         {get + check + "docker load -i /tmp/x\n", Verifies},
		"docker run alone":             {"docker run -d app\n", "none"},
		"pip from an address":          {"pip3 install --upgrade --index-url http://p.example.invalid/simple app\n", VerifiesNot},
		"pip, =":                       {"pip install --index-url=https://p.example.invalid/simple app\n", VerifiesNot},
		"pip with hashes":              {"pip3 install --require-hashes --index-url https://p.example.invalid/simple -r /etc/r.txt\n", "none"},
		"pip by name":                  {"pip3 install app\n", "none"},
		"npm from an address":          {"npm install -g http://p.example.invalid/app.tgz\n", VerifiesNot},
		"npm here":                     {"npm install\n", "none"},
		"a stick":                      {stick + "[ -f /stick/run.sh ] && sh /stick/run.sh\n", VerifiesNot},
		"a stick, itself":              {stick + "/stick/run.sh\n", VerifiesNot},
		"a stick, taken in":            {stick + ". /stick/run.sh\n", VerifiesNot},
		"a card by the folder's name":  {"[ -f /mnt/sd/run.sh ] && sh /mnt/sd/run.sh\n", VerifiesNot},
		"all scripts of a card":        {"for f in /mnt/sd/*.sh; do sh \"$f\"; done\n", VerifiesNot},
		"all programs of a card":       {"run-parts /mnt/sd/autorun\n", VerifiesNot},
		"a stick by the folder's name": {"[ -x /mnt/usb/update.sh ] && sh /mnt/usb/update.sh\n", VerifiesNot},
		"a stick, checked":             {stick + "openssl dgst -sha256 -verify /etc/k.pem -signature /stick/run.sig /stick/run.sh || exit 1\nsh /stick/run.sh\n", Verifies},
		"data on a stick":              {stick + "cp /stick/a.mp3 /data/\n", "none"},
		"a stick as an argument":       {stick + "sh /usr/lib/copy.sh /stick/a\n", "none"},
		"the device's own disk":        {"mount /dev/sda3 /data\nsh /data/run.sh\n", "none"},
		"a partition of the device":    {"mount /dev/mmcblk0p3 /data\nsh /data/run.sh\n", "none"},
	} {
		if got := gateJudged(t, tc.script); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}

func TestGateWeakHash(t *testing.T) {
	for command, want := range map[string]string{
		"openssl dgst -md5 -verify /etc/k.pem -signature /tmp/s /tmp/fw":                                    "MD5",
		"openssl dgst -sha1 -verify /etc/k.pem -signature /tmp/s /tmp/fw":                                   "SHA-1",
		"openssl sha1 -verify /etc/k.pem -signature /tmp/s /tmp/fw":                                         "SHA-1",
		"openssl pkeyutl -verify -pubin -inkey /etc/k.pem -sigfile /tmp/s -in /tmp/fw -pkeyopt digest:sha1": "SHA-1",
		"openssl dgst -sha256 -verify /etc/k.pem -signature /tmp/s /tmp/fw":                                 "",
		"openssl dgst -verify /etc/k.pem -signature /tmp/s /tmp/sha1":                                       "",
		"openssl dgst -sha256 -verify /etc/md5 -signature /tmp/s /tmp/fw":                                   "",
	} {
		files := map[string]string{"usr/sbin/job": "#!/bin/sh\n" + fetchBoth + command + " || exit 1\n" + writeIt, "etc/k.pem": "k", "etc/md5": "k"}
		got := ""
		for _, u := range observed(t, Updaters, files) {
			for _, w := range u.WeakHashes {
				got += w.Name
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}
