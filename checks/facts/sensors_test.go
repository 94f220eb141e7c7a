package facts

import (
	"encoding/binary"
	"strings"
	"testing"
)

// tree writes a device tree blob: nodes below the root, each "compatible status".
func tree(nodes ...string) []byte {
	names := "compatible\x00status\x00"
	var s []byte
	word := func(v uint32) { s = binary.BigEndian.AppendUint32(s, v) }
	pad := func() {
		for len(s)%4 != 0 {
			s = append(s, 0)
		}
	}
	property := func(name uint32, value string) {
		word(3)
		word(uint32(len(value) + 1))
		word(name)
		s = append(s, value+"\x00"...)
		pad()
	}
	word(1)
	word(0)
	for _, n := range nodes {
		compatible, status, _ := strings.Cut(n, " ")
		word(1)
		s = append(s, "node@0\x00"...)
		pad()
		property(0, compatible)
		if status != "" {
			property(11, status)
		}
		word(2)
	}
	word(2)
	word(9)
	const begin = minTree + 16 // behind the header and the end of the reserved memory
	h := make([]byte, begin)
	for i, v := range []uint32{0xd00dfeed, uint32(begin + len(s) + len(names)), begin, uint32(begin + len(s)), minTree, 17, 16, 0, uint32(len(names)), uint32(len(s))} {
		binary.BigEndian.PutUint32(h[4*i:], v)
	}
	return append(append(h, s...), names...)
}

func TestSensors(t *testing.T) {
	elf := string(elfImage(32, le, nil, 0))
	for name, tc := range map[string]struct{ file, content, want string }{
		"a module":             {"lib/modules/5.4/uvcvideo.ko", elf, "camera driver uvcvideo.ko"},
		"a program":            {"usr/sbin/gpsd", elf, "location software gpsd"},
		"a script":             {"usr/sbin/gpsd", "#!/bin/sh\n", ""},
		"an enabled node":      {"boot/a.dtb", string(tree("ovti,ov5640 okay")), "camera hardware ovti,ov5640"},
		"a node, no status":    {"boot/a.dtb", string(tree("dmic-codec")), "microphone hardware dmic-codec"},
		"a packed module":      {"lib/modules/5.4/uvcvideo.ko.xz", "\xfd7zXZ\x00", "camera driver uvcvideo.ko"},
		"built in":             {"lib/modules/5.4/modules.builtin", "kernel/fs/ext4/ext4.ko\nkernel/drivers/gnss/gnss.ko\n", "location driver gnss.ko"},
		"a disabled node":      {"boot/a.dtb", string(tree("ovti,ov5640 disabled")), ""},
		"bluetooth":            {"boot/a.dtb", string(tree("brcm,bcm43438-bt okay")), "bluetooth hardware brcm,bcm43438-bt"},
		"HiSilicon":            {"ko/hi3518e_viu.ko", elf, "camera driver hi3518e_viu.ko"},
		"HiSilicon's sound":    {"ko/hi3518e_ai.ko", elf, "microphone driver hi3518e_ai.ko"},
		"a speaker's driver":   {"ko/hi3518e_ao.ko", elf, ""},
		"a graphics driver":    {"ko/hi3518e_vgs.ko", elf, ""},
		"its sensor's library": {"usr/lib/libsns_ar0130.so", elf, "camera software libsns_ar0130.so"},
		"Ingenic":              {"lib/modules/tx-isp-t31.ko", elf, "camera driver tx-isp-t31.ko"},
		"Ingenic's sensor":     {"lib/modules/sensor_sc2135_t31.ko", elf, "camera driver sensor_sc2135_t31.ko"},
		"another sensor":       {"lib/modules/sensor_hub.ko", elf, ""},
		"SigmaStar":            {"config/modules/mi_vif.ko", elf, "camera driver mi_vif.ko"},
		"SigmaStar's sensor":   {"lib/modules/imx307_MIPI.ko", elf, "camera driver imx307_MIPI.ko"},
		"SigmaStar's display":  {"config/modules/mi_disp.ko", elf, ""},
		"Android's module":     {"vendor/lib/hw/camera.rk30board.so", elf, "camera software camera.rk30board.so"},
		"Android's service":    {"system/lib/libcameraservice.so", elf, "camera driver libcameraservice.so"},
		"another module":       {"vendor/lib/hw/gralloc.rk30board.so", elf, ""},
		"an app's library":     {"opt/app/camera.so", elf, ""},
		"message passing":      {"usr/lib/libmpi.so", elf, ""},
		"another node":         {"boot/a.dtb", string(tree("fixed-clock okay")), ""},
		"a damaged tree":       {"boot/a.dtb", damaged(tree("ovti,ov5640 okay", "dmic-codec")), "camera hardware ovti,ov5640"},
		"damage within a node": {"boot/a.dtb", cutBefore(tree("dmic-codec", "ovti,ov5640 disabled")), "microphone hardware dmic-codec"},
		"a tree that is cut":   {"boot/a.dtb", string(tree("ovti,ov5640 okay"))[:60], ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range observed(t, Sensors, map[string]string{tc.file: tc.content}) {
				got = append(got, s.Kind+" "+s.Sign+" "+s.Name)
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// damaged has an unknown token for the beginning of a tree's last node.
func damaged(b []byte) string {
	i := strings.LastIndex(string(b), "\x00\x00\x00\x01node@0\x00")
	b[i+3] = 7
	return string(b)
}

// cutBefore has an unknown token for the last property of a tree.
func cutBefore(b []byte) string {
	i := strings.LastIndex(string(b), "\x00\x00\x00\x03")
	b[i+3] = 7
	return string(b)
}

func TestEnabledPartsDamaged(t *testing.T) {
	whole := tree("ovti,ov5640 okay", "dmic-codec")
	for n := range whole {
		enabledParts(whole[:n], func(int, []string) {})
		changed := append([]byte(nil), whole...)
		changed[n] ^= 0xff
		enabledParts(changed, func(int, []string) {})
	}
}

func FuzzEnabledParts(f *testing.F) {
	f.Add(tree("ovti,ov5640 okay", "dmic-codec disabled"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		enabledParts(data, func(at int, compatible []string) {
			if n++; at < minTree || at > len(data) || len(compatible) == 0 {
				t.Error(at, compatible)
			}
		})
		if n > 1<<16 {
			t.Error(n)
		}
	})
}

func TestStartedRecorders(t *testing.T) {
	elf := string(elfImage(32, le, nil, 0))
	const bin = "usr/bin/"
	for name, tc := range map[string]struct{ program, line, want string }{
		"arecord":           {"arecord", "arecord -D hw:0,0 -f S16_LE /tmp/a.wav &", "microphone"},
		"through a wrapper": {"arecord", "nohup nice -n 5 arecord /tmp/a.wav &", "microphone"},
		"ffmpeg, sound":     {"ffmpeg", "ffmpeg -f alsa -i hw:0 /tmp/x.mp3", "microphone"},
		"ffmpeg, pictures":  {"ffmpeg", "ffmpeg -f v4l2 -i /dev/video0 rtmp://x.acme.com/l &", "camera"},
		"ffmpeg, both":      {"ffmpeg", "ffmpeg -f v4l2 -i /dev/video0 -f alsa -i hw:0 /tmp/x.mp4", "camera microphone"},
		"ffmpeg, a device":  {"ffmpeg", "ffmpeg -i /dev/video0 /tmp/x.mp4", "camera"},
		"GStreamer":         {"gst-launch-1.0", "gst-launch-1.0 alsasrc device=hw:0 ! fakesink", "microphone"},
		"sox":               {"sox", "sox -q -t alsa hw:0 /tmp/a.wav", "microphone"},
		"rec":               {"rec", "rec /tmp/a.wav", ""},
		"a player":          {"aplay", "aplay /usr/share/a.wav", ""},
		"a list":            {"arecord", "arecord -l", ""},
		"ffmpeg plays":      {"ffmpeg", "ffmpeg -i /usr/share/a.mp3 -f alsa default", ""},
		"ffmpeg converts":   {"ffmpeg", "ffmpeg -i /tmp/a.mp3 /tmp/a.wav", ""},
		"sox plays":         {"sox", "sox /usr/share/a.wav -t alsa default", ""},
		"GStreamer plays":   {"gst-launch-1.0", "gst-launch-1.0 filesrc location=/a ! alsasink", ""},
		"not started":       {"arecord", "# arecord /tmp/a.wav", ""},
		"a word only":       {"arecord", "echo arecord /tmp/a.wav", ""},
		"not in the image":  {"aplay", "arecord /tmp/a.wav", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range observed(t, Sensors, map[string]string{
				bin + tc.program: elf, "bin/busybox": elf, "bin/sh": elf, "sbin/init": elf,
				"etc/inittab": "::sysinit:/etc/rcS\n", "etc/rcS": "#!/bin/sh\n" + tc.line + "\n",
			}) {
				got = append(got, s.Kind)
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestRecordersOfPrograms tells what started programs record with from what others hold.
func TestRecordersOfPrograms(t *testing.T) {
	elf := string(elfImage(32, le, nil, 0))
	cam := elf + "\x00system\x00-c\x00arecord -D hw:0 -d 10 /data/a.wav\x00"
	for name, tc := range map[string]struct{ line, file, content, want string }{
		"a compiled program":         {"/app/cam &", "app/cam", cam, "microphone"},
		"one that is not started":    {"/app/other &", "app/cam", cam, ""},
		"one that lists":             {"/app/cam &", "app/cam", elf + "\x00system\x00-c\x00arecord -l\x00", ""},
		"Python":                     {"python3 /opt/a.py &", "opt/a.py", "import sounddevice, cv2\nsounddevice.rec(1000)\ncv2.VideoCapture(0)\n", "camera microphone"},
		"Python that plays":          {"python3 /opt/a.py &", "opt/a.py", "import sounddevice, cv2\nsounddevice.play(x)\ncv2.VideoCapture('/data/film.mp4')\n# sounddevice.rec(1)\n", ""},
		"Python that nothing starts": {"python3 /opt/b.py &", "opt/a.py", "import sounddevice\nsounddevice.rec(1000)\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range observed(t, Sensors, map[string]string{
				"usr/bin/arecord": elf, "bin/busybox": elf, "bin/sh": elf, "sbin/init": elf, "usr/bin/python3": elf, "app/other": elf, "opt/b.py": "x = 1\n",
				"etc/inittab": "::sysinit:/etc/rcS\n", "etc/rcS": "#!/bin/sh\n" + tc.line + "\n", tc.file: tc.content,
			}) {
				got = append(got, s.Kind)
			}
			if strings.Join(got, " ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
