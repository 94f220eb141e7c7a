package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// recorders do nothing but record, each with the arguments by which it only
// tells something.
var recorders = []struct{ kind, names, telling string }{
	{"microphone", "arecord parec parecord pw-record rec tinycap", "-l -L -h --list-devices --list-pcms --help --version --dump-hw-params"},
	{"camera", "fswebcam v4l2grab yavta libcamera-vid rpicam-vid", "-h --help --version --list-cameras --list-controls"},
}

// Devices that ffmpeg and sox read sound and pictures from, and the elements of
// GStreamer that do.
var (
	soundDevices   = []string{"alsa", "pulse", "oss", "sndio", "jack", "pulseaudio", "ossdsp"}
	pictureDevices = []string{"v4l2", "video4linux2", "libcamera"}
	soundSources   = []string{"alsasrc", "pulsesrc", "osssrc", "oss4src", "autoaudiosrc", "jackaudiosrc"}
	pictureSources = []string{"v4l2src", "libcamerasrc", "nvarguscamerasrc", "autovideosrc", "rpicamsrc", "imxv4l2src", "qtiqmmfsrc"}
)

// recorderKinds gives what a command records from: microphone, camera, both or
// nothing.
func recorderKinds(name string, args []string) []string {
	name = path.Base(name)
	for _, r := range recorders {
		if slices.Contains(strings.Fields(r.names), name) {
			if slices.ContainsFunc(args, func(a string) bool { return slices.Contains(strings.Fields(r.telling), a) }) {
				return nil
			}
			return []string{r.kind}
		}
	}
	switch {
	case name == "ffmpeg" || name == "avconv":
		return inputKinds(args)
	case name == "sox":
		return soxKinds(args)
	case strings.HasPrefix(name, "gst-launch"):
		return kindsAmong(args, soundSources, pictureSources)
	}
	return nil
}

// inputKinds reads the arguments of ffmpeg: -f tells the device of the next -i;
// before an output it is where the sound goes.
func inputKinds(args []string) []string {
	var devices []string
	format := ""
	for i := 0; i+1 < len(args); i++ {
		switch args[i] {
		case "-f":
			format = args[i+1]
			i++
		case "-i":
			if format == "" && strings.HasPrefix(args[i+1], "/dev/video") {
				format = "v4l2"
			}
			devices, format = append(devices, format), ""
			i++
		}
	}
	return kindsAmong(devices, soundDevices, pictureDevices)
}

// soxKinds reads the arguments of sox, whose first file is the input: -d is the
// default device, -t the type of the file that follows.
func soxKinds(args []string) []string {
	for i, a := range args {
		switch {
		case a == "-d" || a == "--default-device":
			return []string{"microphone"}
		case a == "-t" && i+1 < len(args):
			return kindsAmong(args[i+1:i+2], soundDevices, nil)
		case !strings.HasPrefix(a, "-") && (i == 0 || strings.HasPrefix(args[i-1], "-q") || strings.HasPrefix(args[i-1], "-V")):
			return nil
		}
	}
	return nil
}

func kindsAmong(words, sound, picture []string) []string {
	var kinds []string
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(picture, w) }) {
		kinds = append(kinds, "camera")
	}
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(sound, w) }) {
		kinds = append(kinds, "microphone")
	}
	return kinds
}

// starts reports whether the boot runs a program by its name.
func starts(g BootGraph, f *firmware.File) bool {
	root := ContainerPath(f)
	return slices.ContainsFunc(g.Commands, func(c BootCommand) bool {
		name, _ := c.Effective()
		at, _, _ := cutLast(c.Location.Path, "!")
		return path.Base(name) == path.Base(f.Name) && at == root
	}) || slices.ContainsFunc(g.Services, func(s Service) bool { return s.Started && s.Root == root && cleanName(s.Program) == f.Name })
}

// recordsInPython match calls by which programs in Python record.
var recordsInPython = []struct {
	kind, word string
	call       *pattern
}{
	{"microphone", "sounddevice", lazy(`(?m)^[^#\n]*\b(?:sounddevice|sd)\.(?:rec|playrec|InputStream|RawInputStream)\s*\(`)},
	{"microphone", "pyaudio", lazy(`(?m)^[^#\n]*\binput\s*=\s*True\b`)},
	{"camera", "cv2", lazy(`(?m)^[^#\n]*\bcv2\.VideoCapture\s*\(\s*(?:\d+|["']/dev/video\d)`)},
	{"camera", "picamera", lazy(`(?m)^[^#\n]*\bPi[cC]amera2?\s*\(`)},
}

// pythonRecorders are programs in Python that the boot starts and that record.
func pythonRecorders(img *firmware.Image, texts *TextSet, g BootGraph) (all []Sensor) {
	for i := range g.Commands {
		c := &g.Commands[i]
		name, args := c.Effective()
		if !strings.HasPrefix(path.Base(name), "python") {
			continue
		}
		t, ok := beside(img, texts, &c.Command, firstOf(slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") }), ""))
		if !ok {
			continue
		}
		for _, r := range recordsInPython {
			if !strings.Contains(t.Content, r.word) {
				continue
			}
			if m := r.call.Get().FindStringIndex(t.Content); m != nil {
				at := AtLine(t.File, 1+strings.Count(t.Content[:m[0]], "\n"), int64(m[0]), int64(m[1]-m[0]))
				all = append(all, Sensor{Kind: r.kind, Sign: SignSoftware, Name: path.Base(t.File.Name), Root: ContainerPath(t.File), Location: at})
			}
		}
	}
	return all
}

// startedRecorders are the commands of the boot that record, and those of programs that it starts, where the program
// is in the same root. One that nothing starts is no sign: it comes with a player.
func startedRecorders(img *firmware.Image, g BootGraph, lines []compiledLine) []Sensor {
	var all []Sensor
	for i := range g.Commands {
		c := &g.Commands[i]
		name, args := c.Effective()
		root, _, _ := cutLast(c.Location.Path, "!")
		for _, kind := range recorderKinds(name, args) {
			all = append(all, Sensor{Kind: kind, Sign: SignSoftware, Name: path.Base(name), Root: root, Location: c.Location})
		}
	}
	for _, l := range lines { // commands that a started program holds
		words := strings.Fields(l.text)
		if l.open != "" || len(words) == 0 {
			continue
		}
		for _, kind := range recorderKinds(words[0], words[1:]) {
			if starts(g, l.file) {
				all = append(all, Sensor{Kind: kind, Sign: SignSoftware, Name: path.Base(words[0]), Root: ContainerPath(l.file), Location: l.location})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	present := map[string]bool{}
	for _, f := range img.Files {
		if f.Kind == firmware.Regular || f.Kind == firmware.Symlink {
			present[ContainerPath(f)+"!"+path.Base(f.Name)] = true
		}
	}
	return slices.DeleteFunc(all, func(s Sensor) bool {
		return !present[s.Root+"!"+s.Name] || s.Name == "rec" && !present[s.Root+"!sox"] // a name of sox
	})
}
