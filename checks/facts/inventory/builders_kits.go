package inventory

import (
	"bytes"
	"strings"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// How the kits that flat code is built with spell their versions:
//
//   - Telink's put "$$$b85m_ble_sdk_V3.4.2.4$$$" into the program (sdk_version.h and
//     sdk_version.c), those before left the folder of the kit in paths of sources:
//     "telink_kite_ble_sdk_v3.4.0_20190816/";
//   - Arduino's cores leave the folder that its board manager installs them in, as
//     "packages/esp32/hardware/esp32/2.0.14/", and the core of the ESP8266 has its
//     release as a string of its own, "2_3_0" (core_version.h);
//   - the kits of the ESP8266 print "SDK ver: %s compiled @ …", that with FreeRTOS
//     "OS SDK ver: …", with a version and the start of a commit as a string of its own,
//     "2.2.2-dev(38a443e)";
//   - lwIP's tags, "STABLE-2_1_2_RELEASE", are what ESP.getFullVersion prints.

// Words of the kits.
const (
	sdkMark      = "$$$"
	maxSDK       = 64 // bytes of the name and version of a kit
	lwipTag      = "STABLE-"
	espressifSDK = "SDK ver: %s compiled @ "
	coreOf       = "/cores/esp8266/"
	esp8266at    = "/esp8266/hardware/esp8266/"
	esp32at      = "/esp32/hardware/esp32/"
)

var (
	telinkVersion = lazyregexp.New(`^[Vv](\d+(?:\.\d+){1,4})(\$\$\$|_20\d{6}[/\\])`)
	telinkName    = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.]*_sdk$`)
	lwipVersion   = lazyregexp.New(`^STABLE-(\d)_(\d)_(\d)_RELEASE`)
	coreVersion   = lazyregexp.New(`^(\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?)[/\\]`)
	coreRelease   = lazyregexp.New(`\x00([23])_(\d{1,2})_(\d{1,2})\x00`)
)

// telinkKit reads the name and version of a kit of Telink around "_sdk_V".
func telinkKit(f *firmware.File, content []byte, at int) []sighting {
	number := at + len("_sdk_")
	m := telinkVersion.Get().FindSubmatchIndex(content[number:min(number+maxSDK, len(content))])
	if m == nil {
		return nil
	}
	from := max(0, at-maxSDK)
	name := string(content[from : at+len("_sdk")])
	marked := string(content[number+m[4]:number+m[5]]) == sdkMark
	if marked {
		i := strings.LastIndex(name, sdkMark)
		if i < 0 {
			return nil
		}
		name = name[i+len(sdkMark):]
	} else {
		name = name[strings.LastIndexAny(name, "/\\\x00 ")+1:]
	}
	name = strings.ToLower(name)
	if !telinkName.Get().MatchString(name) || !marked && !strings.HasPrefix(name, "telink_") {
		return nil
	}
	version := string(content[number+m[2] : number+m[3]])
	return []sighting{{Name: name, Version: version, Confidence: ConfidenceString, Location: facts.AtSpan(f, at+len("_sdk")-len(name), number+m[3])}}
}

// espressifKit reads the version of a kit of the ESP8266.
func espressifKit(f *firmware.File, content []byte, at int) []sighting {
	version, from := committedVersion(content)
	name := "esp8266-nonos-sdk"
	if bytes.HasSuffix(content[:at], []byte("OS ")) {
		name = "esp8266-rtos-sdk"
	}
	return []sighting{{Name: name, Version: version, Confidence: ConfidenceString, Location: facts.AtSpan(f, from, from+len(version))}}
}

// committedVersion finds the first string that is a version with the start of a
// commit.
func committedVersion(content []byte) (string, int) {
	m := commit.Get().FindSubmatchIndex(content)
	if m == nil {
		return "", 0
	}
	return string(content[m[2]:m[3]]), m[2]
}

// lwipRelease reads the tag of lwIP.
func lwipRelease(f *firmware.File, content []byte, at int) []sighting {
	m := lwipVersion.Get().FindSubmatch(content[at:min(at+maxSDK, len(content))])
	if m == nil {
		return nil
	}
	version := string(m[1]) + "." + string(m[2]) + "." + string(m[3])
	return []sighting{{Name: "lwip", Version: version, Confidence: ConfidenceString, Location: facts.AtSpan(f, at, at+len(m[0]))}}
}

// arduinoCore gives a reader of the folder that a core of Arduino was installed in.
func arduinoCore(name, anchor string) func(*firmware.File, []byte, int) []sighting {
	return func(f *firmware.File, content []byte, at int) []sighting {
		start := at + len(anchor)
		m := coreVersion.Get().FindSubmatch(content[start:min(start+maxSDK, len(content))])
		if m == nil {
			return nil
		}
		return []sighting{{Name: name, Version: string(m[1]), Confidence: ConfidenceString, Location: facts.AtSpan(f, at, start+len(m[1]))}}
	}
}

// arduinoRelease reads the release of the core of the ESP8266 from a program that
// has paths of its sources. Of several strings of the form none counts.
func arduinoRelease(f *firmware.File, content []byte, _ int) []sighting {
	found := coreRelease.Get().FindAllSubmatchIndex(content, 2)
	if len(found) == 0 || len(found) == 2 && !bytes.Equal(content[found[0][0]:found[0][1]], content[found[1][0]:found[1][1]]) {
		return nil
	}
	from, to := found[0][2], found[0][7]
	version := strings.ReplaceAll(string(content[from:to]), "_", ".")
	return []sighting{{Name: "arduino-esp8266", Version: version, Confidence: ConfidenceString, Location: facts.AtSpan(f, from, to)}}
}
