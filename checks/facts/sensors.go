package facts

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/firmware"
)

// Sensor is a sign that the device can see, hear, find its place or use a radio.
type Sensor struct {
	Kind     string         `json:"kind"` // camera, microphone, location, wifi, bluetooth, zigbee, cellular, nfc
	Sign     string         `json:"sign"` // driver, hardware, software
	Name     string         `json:"name"` // of the module, device tree node or program
	Root     string         `json:"root"`
	Location assay.Location `json:"location"`
}

// How a sensor shows. A driver alone proves nothing: distributions ship them
// for hardware that the device does not have.
const (
	SignDriver   = "driver"   // a kernel module, or another part that systems ship for hardware they may not have
	SignHardware = "hardware" // an enabled node of a device tree
	SignSoftware = "software" // a program or library that only serves such a sensor, or a recorder that the boot starts
)

// Sensors are the signs of cameras, microphones, positioning and radios.
var Sensors = &Fact[[]Sensor]{
	Name:    "sensors",
	Version: 5,
	Doc:     "Signs of cameras, microphones, positioning and radios: modules, device tree nodes, programs, recorders that are started, parts that the boot sets up.",
	Needs:   []Node{Tree, Programs, Boot, deviceTrees, moduleNames, compiledLines, Texts},
	Observe: func(o *Observer) ([]Sensor, error) {
		programs, err := Programs.Of(o)
		if err != nil {
			return nil, err
		}
		all, err := deviceTrees.Of(o)
		if err != nil {
			return nil, err
		}
		modules, err := moduleNames.Of(o)
		if err != nil {
			return nil, err
		}
		img, err := Tree.Of(o)
		if err != nil {
			return nil, err
		}
		boot, err := Boot.Of(o)
		if err != nil {
			return nil, err
		}
		lines, err := compiledLines.Of(o)
		if err != nil {
			return nil, err
		}
		texts, err := Texts.Of(o)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, modules, startedRecorders(img, boot, lines), pythonRecorders(img, texts, boot), startedSensors(boot))
		for _, p := range programs {
			if kind, sign := sensorOf(p.Name); kind != "" {
				all = append(all, Sensor{Kind: kind, Sign: sign, Name: p.Base(), Root: p.Root, Location: p.Location})
			}
		}
		slices.SortFunc(all, func(a, b Sensor) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), a.Location.Compare(b.Location), cmp.Compare(a.Name, b.Name))
		})
		return slices.Compact(all), nil
	},
}

// sensorFiles tell by base name (path.Match) what a file is for. Modules have
// the names of the kernel's tree, or of the kits that the makers of chips for
// cameras give away: HiSilicon and Goke (viu, vi: video in; ai: audio in),
// Ingenic, SigmaStar, Rockchip, Allwinner, Realtek, Anyka.
var sensorFiles = []struct{ kind, sign, patterns string }{
	{"camera", SignDriver, "uvcvideo.ko gspca_*.ko ov[0-9]*.ko imx[0-9][0-9][0-9].ko bcm2835-v4l2.ko bcm2835-unicam.ko gc[0-9]*.ko sc[0-9]*.ko mt9*.ko s5k*.ko ar0[0-9]*.ko"},
	{"camera", SignDriver, "hi3[0-9]*_isp.ko hi3[0-9]*_viu.ko hi3[0-9]*_vi.ko hi_mipi.ko hi_mipi_rx.ko gk7*_isp.ko gk7*_vi.ko ot_isp.ko ot_vi.ko ot_mipi_rx.ko tx-isp-*.ko tx_isp_*.ko sensor_*_t[0-9]*.ko mi_sensor.ko mi_vif.ko *_MIPI.ko video_rkisp*.ko video_rkcif.ko rkisp*.ko vin_v4l2.ko akcamera.ko rtscam*.ko libcameraservice.so cameraserver"},
	{"camera", SignSoftware, "libsns_*.so* lib_hiae.so* lib_hiawb.so* libimp.so* libmi_sensor.so* libmi_vif.so* librkaiq.so* librkisp*.so* librtscamkit.so* libakispsdk.so* libmmcamera*.so"},
	{"camera", SignSoftware, "libcamera.so* libcamera-* rpicam-* raspivid raspistill mjpg_streamer motion v4l2rtspserver libcamera_*"},
	{"microphone", SignDriver, "snd-soc-dmic.ko snd-soc-ics43432.ko snd-soc-simple-mic.ko snd-soc-sph0645*.ko snd-soc-cros-ec-codec.ko"},
	{"microphone", SignDriver, "hi3[0-9]*_ai.ko gk7*_ai.ko ot_ai.ko mi_ai.ko"},
	{"microphone", SignSoftware, "libmi_ai.so* libsnowboy* libporcupine* libpocketsphinx.so*"},
	{"location", SignDriver, "gnss.ko gnss-*.ko"},
	{"location", SignSoftware, "gpsd libgps.so* gpspipe ubxtool"},
	{"wifi", SignDriver, "cfg80211.ko mac80211.ko brcmfmac.ko ath[0-9]*k*.ko ath6kl*.ko mt76*.ko mt7[0-9]*.ko rt2*.ko rtl8*.ko rtlwifi.ko 8[0-9][0-9][0-9]*.ko iwlwifi.ko mwifiex*.ko wl1[28]xx.ko wlcore.ko"},
	{"wifi", SignSoftware, "hostapd wpa_supplicant wpad iwd"},
	{"bluetooth", SignDriver, "bluetooth.ko btusb.ko hci_uart.ko btsdio.ko btmrvl*.ko btmtk*.ko"},
	{"bluetooth", SignSoftware, "bluetoothd libbluetooth.so* hciattach btattach"},
	{"zigbee", SignDriver, "ieee802154*.ko mac802154.ko at86rf230.ko cc2520.ko mrf24j40.ko mcr20a.ko ca8210.ko"},
	{"zigbee", SignSoftware, "ot-daemon otbr-agent Z3Gateway* zigbeed"},
	{"cellular", SignDriver, "qmi_wwan.ko option.ko cdc_mbim.ko sierra_net.ko"},
	{"cellular", SignSoftware, "ModemManager qmicli uqmi umbim ofonod"},
	{"nfc", SignDriver, "nfc.ko pn53*.ko pn54*.ko nxp-nci*.ko st21nfca*.ko trf7970a.ko"},
	{"nfc", SignSoftware, "neard libnfc.so* libnfc-nci.so*"},
}

func sensorOf(name string) (kind, sign string) {
	base := path.Base(name)
	if strings.HasPrefix(base, "camera.") && strings.HasSuffix(base, ".so") && path.Base(path.Dir(name)) == "hw" {
		return "camera", SignSoftware // the board's module for Android's camera service
	}
	for _, s := range sensorFiles {
		for _, p := range strings.Fields(s.patterns) {
			if ok, _ := path.Match(p, base); ok {
				return s.kind, s.sign
			}
		}
	}
	return "", ""
}

// moduleNames find drivers where no ELF file shows: compressed modules, and
// those that modules.builtin says are in the kernel itself.
var moduleNames = &Scan[Sensor]{
	Name: "module-names",
	Doc:  "Drivers of sensors and radios in compressed modules and in the kernel itself.",
	Want: func(f *firmware.File) bool {
		return f.Kind == firmware.Regular && (path.Base(f.Name) == "modules.builtin" || strings.HasSuffix(plainModule(f.Name), ".ko") && plainModule(f.Name) != f.Name)
	},
	See: func(f *firmware.File, content []byte) []Sensor {
		if path.Base(f.Name) != "modules.builtin" {
			return sensorNamed(f, plainModule(f.Name), At(f))
		}
		var all []Sensor
		line, offset := 0, int64(0)
		for text := range strings.SplitSeq(string(content), "\n") {
			line++
			all = append(all, sensorNamed(f, text, AtLine(f, line, offset, int64(len(text))))...)
			offset += int64(len(text)) + 1
		}
		return all
	},
}

// plainModule is a module's name without the ending of its compression.
func plainModule(name string) string {
	for _, ending := range []string{".gz", ".xz", ".zst"} {
		if plain, ok := strings.CutSuffix(name, ending); ok {
			return plain
		}
	}
	return name
}

func sensorNamed(f *firmware.File, name string, at assay.Location) []Sensor {
	kind, sign := sensorOf(name)
	if kind == "" {
		return nil
	}
	return []Sensor{{Kind: kind, Sign: sign, Name: path.Base(name), Root: ContainerPath(f), Location: at}}
}

// sensorNodes tell by a word of the compatible property what a device tree node
// is (bindings of the kernel's tree: Documentation/devicetree/bindings).
var sensorNodes = []struct{ kind, words string }{
	{"camera", "ovti,ov sony,imx galaxycore,gc smartsens,sc onnn,mt9 onnn,ar0 aptina,mt9 samsung,s5k himax,hm toshiba,tc358743"},
	{"microphone", "dmic-codec invensense,ics4343 knowles,sph0645 infineon,ims67d"},
	{"location", "u-blox,neo u-blox,zed sirfstar, mediatek,mt3339 gnss"},
	{"wifi", "brcm,bcm43 ti,wl12 ti,wl18 marvell,sd8 esp,esp8089 silabs,wf200 microchip,wilc mediatek,mt76 qca,ath9k qcom,ath10k qcom,ath11k pci168c"},
	{"bluetooth", "bluetooth brcm,bcm4343 ti,wl1831-st ti,wl1835-st -bt"},
	{"zigbee", "at86rf23 cc2520 mrf24j40 mcr20a ca8210"},
	{"nfc", "nxp,pn5 nxp,nxp-nci st,st21nfc st,st95hf ti,trf7970a"},
}

// nodeKind gives what a compatible string stands for. A Bluetooth part of a
// combined chip is said so before the Wi-Fi part.
func nodeKind(compatible string) string {
	if strings.HasSuffix(compatible, "-bt") || strings.Contains(compatible, "bluetooth") {
		return "bluetooth"
	}
	for _, n := range sensorNodes {
		for _, w := range strings.Fields(n.words) {
			if strings.HasPrefix(w, "-") {
				continue
			}
			if strings.HasPrefix(compatible, w) || !strings.Contains(w, ",") && strings.Contains(compatible, w) {
				return n.kind
			}
		}
	}
	return ""
}

// deviceTrees find enabled nodes of sensors in device tree blobs.
var deviceTrees = &Scan[Sensor]{
	Name: "device-trees",
	Doc:  "Enabled nodes of sensors and radios in device tree blobs.",
	Want: mayBeTree,
	See: func(f *firmware.File, content []byte) []Sensor {
		var all []Sensor
		enabledParts(content, func(offset int, compatible []string) {
			for _, c := range compatible {
				if kind := nodeKind(c); kind != "" {
					all = append(all, Sensor{Kind: kind, Sign: SignHardware, Name: c, Root: ContainerPath(f), Location: AtSpan(f, offset, offset+4)})
					return
				}
			}
		})
		return all
	},
}
