package facts

import (
	"fmt"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// The kits that flat code is built with say so in it.
func TestKitsInFlatCode(t *testing.T) {
	for content, want := range map[string]string{
		"boot: ESP-IDF v4.4.1 2nd stage\x00":                            "[esp-idf 4.4.1]",
		"boot: ESP-IDF %s 2nd stage bootloader\x00":                     "[]",
		"SDK ver: %s compiled @ Apr 18 2016\x00\x001.5.3(aec24ac9)\x00": "[esp8266-nonos-sdk 1.5.3]",
		"SDK ver: %s compiled @ Apr 18 2016\x00\x001.5.3 (about)\x00":   "[]",
		"/framework-arduinoespressif8266@1.20300.1/cores/a.cpp\x00":     "[framework-arduinoespressif8266 1.20300.1]",
		"/framework-arduinoespressif32@3.10006.2/cores/a.cpp\x00":       "[framework-arduinoespressif32 3.10006.2]",
		"FreeRTOS Kernel V10.4.3\x00":                                   "[freertos 10.4.3]",
		"*** Booting nRF Connect SDK v2.6.0 ***\x00":                    "[nrf-connect-sdk 2.6.0]",
		"../nRF5_SDK_15.3.0_59ac345/components/a.c\x00":                 "[nrf5-sdk 15.3.0]",
		"./mbed-os-5.15.0/rtos\x00":                                     "[mbed-os 5.15.0]",
		"./mbed-os-example\x00":                                         "[]",
		"Server: \x00lwIP/1.3.1 (http://example.invalid)\x00":           "[lwip 1.3.1]",
		"main(): This is RIOT! (Version: 2021.04)\x00":                  "[riot 2021.04]",
		"*** Booting Zephyr OS build v3.5.0 ***\x00":                    "[zephyr 3.5.0]",
	} {
		var got []string
		for _, s := range seeBanners(&firmware.File{Kind: firmware.Raw, Name: "code"}, []byte("\x00\x01"+content)) {
			got = append(got, s.Name+" "+s.Version)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q: %v, want %s", content, got, want)
		}
	}
}
