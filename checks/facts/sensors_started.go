package facts

import (
	"path"
	"slices"
	"strings"
)

// startedSensors are the parts that commands of the boot set up: modules that they load, an
// image sensor that a kit's script is told of, and radios that they bring up or set. The
// files themselves need not be in the image: a partition of the maker's or the kernel holds
// them. What runs under a condition is no sign: systems try what they may not have.
func startedSensors(g BootGraph) (all []Sensor) {
	for i := range g.Commands {
		c := &g.Commands[i]
		if c.Conditional || len(c.Guards) != 0 {
			continue
		}
		command, args := c.Effective()
		kind, sign, name := setUp(path.Base(command), args)
		if kind == "" {
			continue
		}
		root, _, _ := cutLast(c.Location.Path, "!")
		all = append(all, Sensor{Kind: kind, Sign: sign, Name: name, Root: root, Location: c.Location})
	}
	return all
}

// setUp tells which part a command sets up, and what names it.
func setUp(command string, args []string) (kind, sign, name string) {
	switch command {
	case "insmod", "modprobe":
		return loadedPart(args)
	case "iwpriv", "iwconfig", "iwcontrol":
		if len(args) > 1 && isRadio(args[0]) || command == "iwcontrol" && len(args) == 1 && isRadio(args[0]) {
			return "wifi", SignSoftware, args[0]
		}
	case "ifconfig":
		if len(args) > 1 && isRadio(args[0]) && !slices.Contains(args, "down") {
			return "wifi", SignSoftware, args[0]
		}
	case "ip":
		return radioUp(args)
	default:
		if strings.HasPrefix(command, "load") {
			return toldSensor(args)
		}
	}
	return "", "", ""
}

// loadedPart reads the arguments of insmod and modprobe; those of modprobe leave out the ending.
func loadedPart(args []string) (kind, sign, name string) {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || Unresolved(args[0]) {
		return "", "", ""
	}
	name = strings.TrimSuffix(plainModule(path.Base(args[0])), ".ko") + ".ko"
	if kind, sign = sensorOf(name); sign == SignDriver {
		return kind, sign, name
	}
	for _, l := range loadedParts {
		for _, p := range strings.Fields(l.patterns) {
			if ok, _ := path.Match(p, name); ok {
				return l.kind, SignDriver, name
			}
		}
	}
	return "", "", ""
}

// loadedParts are modules of the makers' kits for image sensors and the codecs of cameras
// (HiSilicon and Goke, Ingenic, Novatek, Rockchip). A codec drives a speaker too, so that
// these count only where the boot loads them, and as drivers.
var loadedParts = []struct{ kind, patterns string }{
	{"camera", "hi_sensor_*.ko sensor_i2c.ko sensor_spi.ko nvt_sen_*.ko"},
	{"microphone", "acodec.ko hi_acodec.ko hi3[0-9]*_acodec.ko ot_acodec.ko gk7*_acodec.ko *tlv*320aic*.ko audio.ko snd-soc-rk8*.ko"},
}

// radioUp reads "ip link set [dev] NAME up".
func radioUp(args []string) (kind, sign, name string) {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		args = args[1:]
	}
	if len(args) < 4 || !strings.HasPrefix("link", args[0]) || args[1] != "set" || !slices.Contains(args, "up") {
		return "", "", ""
	}
	if args = args[2:]; args[0] == "dev" {
		args = args[1:]
	}
	if !isRadio(args[0]) {
		return "", "", ""
	}
	return "wifi", SignSoftware, args[0]
}

// toldSensor reads "-sensor NAME" and "-sensor0 NAME" of the scripts by which HiSilicon's and
// Goke's kits load their modules (load3518e).
func toldSensor(args []string) (kind, sign, name string) {
	for i, a := range args[:max(0, len(args)-1)] {
		if strings.TrimRight(a, "0123456789") == "-sensor" && args[i+1] != "" && !strings.HasPrefix(args[i+1], "-") && !Unresolved(args[i+1]) {
			return "camera", SignSoftware, args[i+1]
		}
	}
	return "", "", ""
}

// isRadio reports whether a network interface has a name that drivers of Wi-Fi give: wlan0,
// ra0 and rai0 (Ralink, MediaTek), ath0 (Atheros), wl0 (Broadcom), with the number of a
// network behind it (wlan0-va1, wl0.1).
func isRadio(name string) bool {
	for _, p := range []string{"wlan", "rai", "ra", "ath", "wl"} {
		if rest, ok := strings.CutPrefix(name, p); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return true
		}
	}
	return false
}
