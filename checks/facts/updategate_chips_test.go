package facts

import "testing"

// TestGateChips has software that does not go over the system's own: of chips beside the
// processor, libraries that the loader puts in, apps of Android.
func TestGateChips(t *testing.T) {
	const get = "wget -O /tmp/x http://fw.example.invalid/x\nwget -O /tmp/x.sig http://fw.example.invalid/s\n"
	const check = "openssl dgst -sha256 -verify /etc/k.pem -signature /tmp/x.sig /tmp/x || exit 1\n"
	for name, tc := range map[string]struct{ script, want string }{
		"stm32flash":                 {get + "stm32flash -w /tmp/x -v /dev/ttyS1\n", VerifiesNot},
		"stm32flash, checked":        {get + check + "stm32flash -w /tmp/x -v /dev/ttyS1\n", Verifies},
		"stm32flash reads":           {get + "stm32flash -r /tmp/old /dev/ttyS1\n", "none"},
		"stm32flash, the image's":    {get + "stm32flash -w /usr/share/boot.bin /dev/ttyS1\n", "none"},
		"avrdude":                    {get + "avrdude -p m328p -c arduino -U flash:w:/tmp/x:i\n", VerifiesNot},
		"avrdude, checked":           {get + check + "avrdude -p m328p -c arduino -U flash:w:/tmp/x:i\n", Verifies},
		"avrdude, the image's":       {get + "avrdude -p m328p -c arduino -U flash:w:/usr/share/boot.bin:r\n", "none"},
		"esptool":                    {get + "esptool.py --port /dev/ttyS1 write_flash 0x0 /tmp/x\n", VerifiesNot},
		"esptool, checked":           {get + check + "esptool.py --port /dev/ttyS1 write_flash 0x0 /tmp/x\n", Verifies},
		"sx":                         {get + "sx /tmp/x < /dev/ttyS1 > /dev/ttyS1\n", VerifiesNot},
		"dfu-util":                   {get + "dfu-util -a 0 -D /tmp/x\n", VerifiesNot},
		"a library that is put in":   {get + "LD_PRELOAD=/tmp/x /usr/sbin/appd &\n", VerifiesNot},
		"such a library, checked":    {get + check + "LD_PRELOAD=/tmp/x /usr/sbin/appd &\n", Verifies},
		"a library of the image":     {get + "LD_PRELOAD=/usr/lib/libv4l1.so /usr/sbin/appd &\n", "none"},
		"an app of Android":          {get + "pm install -r /tmp/x\n", VerifiesUnknown},
		"an app of Android, checked": {get + check + "pm install -r /tmp/x\n", Verifies},
		"pm of others":               {get + "pm list packages\n", "none"},
	} {
		if got := gateJudged(t, tc.script); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
}
