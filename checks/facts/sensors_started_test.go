package facts

import (
	"strings"
	"testing"
)

// TestStartedSensors has parts that the boot sets up, of which no file is in the image, and
// what only looks like it.
func TestStartedSensors(t *testing.T) {
	elf := string(elfImage(32, le, nil, 0))
	for name, tc := range map[string]struct{ lines, want string }{
		"a kit's script":          {"cd /app/ko; ./load3518e -i -sensor imx122", "camera software imx122"},
		"a numbered sensor":       {"/ko/load_hi3516cv500 -i -sensor0 imx327 -sensor1 imx327", "camera software imx327"},
		"its module":              {"insmod /app/ko/hi_mipi.ko", "camera driver hi_mipi.ko"},
		"its sound":               {"insmod /app/ko/acodec.ko", "microphone driver acodec.ko"},
		"Ingenic":                 {"insmod /lib/modules/tx-isp-t31.ko isp_clk=100000000\ninsmod /lib/modules/sensor_jxf23_t31.ko\ninsmod /lib/modules/audio.ko spk_gpio=-1", "camera driver tx-isp-t31.ko, camera driver sensor_jxf23_t31.ko, microphone driver audio.ko"},
		"SigmaStar":               {"insmod /config/modules/4.9.84/mi_vif.ko\ninsmod /config/modules/4.9.84/mi_ai.ko", "camera driver mi_vif.ko, microphone driver mi_ai.ko"},
		"Novatek":                 {"modprobe nvt_sen_imx290 sen_cfg_path=/mnt/app/sensor/sen_imx290.cfg", "camera driver nvt_sen_imx290.ko"},
		"Rockchip":                {"insmod /oem/usr/ko/video_rkcif.ko", "camera driver video_rkcif.ko"},
		"Realtek's radio":         {"iwpriv wlan0 set_mib channel=6", "wifi software wlan0"},
		"Realtek's daemon":        {"iwcontrol wlan0", "wifi software wlan0"},
		"Ralink's radio":          {"ifconfig ra0 up", "wifi software ra0"},
		"its setting":             {"iwpriv ra0 set SSID=Ralink", "wifi software ra0"},
		"a name":                  {"iwconfig ath0 essid Acme", "wifi software ath0"},
		"an address":              {"ifconfig wlan0 192.168.1.1 netmask 255.255.255.0", "wifi software wlan0"},
		"ip":                      {"ip link set dev wlan0 up", "wifi software wlan0"},
		"another network":         {"ip link set wl0.1 up", "wifi software wl0.1"},
		"only if it is there":     {"if [ -d /sys/class/net/wlan0 ]; then ifconfig wlan0 up; fi", ""},
		"after a look":            {"ifconfig wlan0 >/dev/null 2>&1 && ifconfig wlan0 up", ""},
		"for what is there":       {"for i in $(ls /sys/class/net); do ip link set $i up; done", ""},
		"a remark":                {"# insmod /app/ko/hi_mipi.ko\n# ifconfig ra0 up", ""},
		"it shows":                {"ifconfig wlan0\niwconfig wlan0\nip link show wlan0", ""},
		"it goes":                 {"ifconfig wlan0 down\nip link set wlan0 down\nrmmod hi_mipi", ""},
		"a wire":                  {"ifconfig eth0 up\nip link set dev br0 up\nifconfig rack0 up", ""},
		"a word only":             {"echo insmod hi_mipi.ko\necho ifconfig ra0 up", ""},
		"another module":          {"insmod /app/ko/hi_osal.ko\nmodprobe snd-soc-hdmi-codec\ninsmod /ko/hi3518e_ao.ko", ""},
		"a script without sensor": {"./load3518e -i\n./load3518e -i -sensor $SENSOR\n./load3518e -sensor", ""},
		"a model that is loaded":  {"/app/recognise -sensor imx122", ""},
		"a function not called":   {"up() { ifconfig ra0 up; }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range observed(t, Sensors, map[string]string{
				"bin/busybox": elf, "bin/sh": elf, "sbin/init": elf, "etc/inittab": "::sysinit:/etc/rcS\n",
				"etc/rcS": "#!/bin/sh\n" + tc.lines + "\n", "usr/share/unused.sh": "#!/bin/sh\ninsmod /ko/hi_mipi.ko\nifconfig ra0 up\n",
			}) {
				if one := s.Kind + " " + s.Sign + " " + s.Name; len(got) == 0 || got[len(got)-1] != one {
					got = append(got, one)
				}
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestStartedSensorsOfSystems has a radio that a unit or a rule of udev brings up: what is
// done only where the radio shows itself is no sign of one.
func TestStartedSensorsOfSystems(t *testing.T) {
	script := map[string]string{"usr/bin/w.sh": "#!/bin/sh\nip link set wlan0 up\n"}
	rule := "ACTION==\"add\", KERNEL==\"wlan0\", RUN+=\"/usr/bin/w.sh\"\n"
	for name, tc := range map[string]struct {
		files map[string]string
		want  int
	}{
		"a unit":              {wantedUnit("[Service]\nType=oneshot\nExecStart=/usr/bin/w.sh\n", script), 1},
		"its own line":        {wantedUnit("[Service]\nType=oneshot\nExecStart=/sbin/ip link set wlan0 up\n", nil), 1},
		"only if it is there": {wantedUnit("[Unit]\nConditionPathExists=/sys/class/net/wlan0\n[Service]\nType=oneshot\nExecStart=/usr/bin/w.sh\n", script), 0},
		"udev":                {mergedFiles(script, map[string]string{"lib/systemd/systemd-udevd": "", "lib/udev/rules.d/70-w.rules": rule}), 0},
	} {
		if got := startedSensors(bootOf(t, mergedFiles(systemdBase, tc.files))); len(got) != tc.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
