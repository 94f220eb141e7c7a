package inventory

import (
	"fmt"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// The kits that flat code is built with say so in it.
func TestKitsInFlatCode(t *testing.T) {
	for content, want := range map[string]string{
		"boot: ESP-IDF v4.4.1 2nd stage\x00":                                    "[esp-idf 4.4.1]",
		"boot: ESP-IDF %s 2nd stage bootloader\x00":                             "[]",
		"\nSDK ver: %s compiled @ Apr 18 2016\x00\x001.5.3(aec24ac9)\x00":       "[esp8266-nonos-sdk 1.5.3]",
		"\nSDK ver: %s compiled @ Jul  3 2019\x00\x002.2.2-dev(38a443e)\x00":    "[esp8266-nonos-sdk 2.2.2-dev]",
		"\nSDK ver: %s compiled @ Apr 18 2016\x00\x001.5.3 (about)\x00":         "[]",
		"OS SDK ver: 1.5.0-dev(950076a) compiled @ Nov  4 2016 19:29:32\x00":    "[esp8266-rtos-sdk 1.5.0-dev]",
		"OS SDK ver: %s compiled @ %s %s\n\x00\x002.0.0(29f7e05)\x00":           "[esp8266-rtos-sdk 2.0.0]",
		"OS SDK ver: 1.5.0-dev\x00":                                             "[]",
		"\x00$$$B85m_driver_sdk_V1.5.0$$$\x00":                                  "[b85m_driver_sdk 1.5.0]",
		"$$$telink_sig_mesh_sdk_V4.1.0.1$$$":                                    "[telink_sig_mesh_sdk 4.1.0.1]",
		"$$$tl_zigbee_sdk_V3.6.8.5$$$ and $$$B85m_ble_sdk_V3.4.2.4$$$":          "[tl_zigbee_sdk 3.6.8.5 b85m_ble_sdk 3.4.2.4]",
		"E:\\tuya\\telink_kite_ble_sdk_v3.4.0_20190816\\ble_sdk_multimode\\a.c": "[telink_kite_ble_sdk 3.4.0]",
		"/home/x/other_sdk_v3.4.0_20190816/a.c":                                 "[]",
		"my_sdk_V1.0 and the_sdk_v2.0.1":                                        "[]",
		"STABLE-2_1_2_RELEASE/glue:1.2-48-g7421258\x00":                         "[lwip 2.1.2]",

		"UNSTABLE-2_1\x00":                               "[]",
		"/x/lwip-2.1.3/src/core/pbuf.c\x00":              "[lwip 2.1.3]",
		"/x/mbedtls-2.16.3/library/ssl_tls.c\x00":        "[mbedtls 2.16.3]",
		"../FreeRTOSv10.4.1/FreeRTOS/Source/queue.c\x00": "[freertos 10.4.1]",

		"/Users/x/.arduino15/packages/esp32/hardware/esp32/2.0.14/cores/esp32/main.cpp\x00": "[arduino-esp32 2.0.14]",
		"/x/packages/esp8266/hardware/esp8266/2.7.4/cores/esp8266/abi.cpp\x00":              "[arduino-esp8266 2.7.4]",
		"/x/packages/esp32/hardware/esp32/3.x.x/a.cpp\x00":                                  "[]",
		"/y/cores/esp8266/abi.cpp\x00\x002_3_0\x00":                                         "[arduino-esp8266 2.3.0]",
		"/y/cores/esp8266/abi.cpp\x00\x002_3_0\x00\x003_0_2\x00":                            "[]",
		"***** BOOTING ZEPHYR OS v1.10.0 - BUILD: Jan *****\x00":                            "[zephyr 1.10.0]",
		"/framework-arduinoespressif8266@1.20300.1/cores/a.cpp\x00":                         "[framework-arduinoespressif8266 1.20300.1]",
		"/framework-arduinoespressif32@3.10006.2/cores/a.cpp\x00":                           "[framework-arduinoespressif32 3.10006.2]",
		"FreeRTOS Kernel V10.4.3\x00":                                                       "[freertos 10.4.3]",
		"*** Booting nRF Connect SDK v2.6.0 ***\x00":                                        "[nrf-connect-sdk 2.6.0]",
		"../nRF5_SDK_15.3.0_59ac345/components/a.c\x00":                                     "[nrf5-sdk 15.3.0]",
		"./mbed-os-5.15.0/rtos\x00":                                                         "[mbed-os 5.15.0]",
		"./mbed-os-example\x00":                                                             "[]",
		"Server: \x00lwIP/1.3.1 (http://example.invalid)\x00":                               "[lwip 1.3.1]",
		"main(): This is RIOT! (Version: 2021.04)\x00":                                      "[riot 2021.04]",
		"*** Booting Zephyr OS build v3.5.0 ***\x00":                                        "[zephyr 3.5.0]",

		"\nNuttShell (NSH) NuttX-10.3.0\n\x00": "[nuttx 10.3.0]",
		"NuttShell (NSH) NuttX-%s\n\x00":       "[]",
		"Copyright (c) Microsoft Corporation. All rights reserved.  *  ThreadX Cortex-M4/GNU Version 6.1.9 *": "[threadx 6.1.9]",
		"Copyright (c) 1996-2015 Express Logic Inc. * ThreadX Cortex-M3/IAR Version G5.7.5.0 SN: 1 *\x00":     "[threadx 5.7.5.0]",
		"built on ThreadX with Version %s and 2.0\x00":                                                        "[]",
		"ESPHome version 2023.12.5 compiled on %s\x00":                                                        "[esphome 2023.12.5]",
		"ESPHome version %s\x00": "[]",
		"Adafruit CircuitPython 7.3.2 on 2022-07-20; Adafruit Feather M4\x00":        "[circuitpython 7.3.2]",
		"< TUYA IOT SDK V:2.3.1 BS:40.00_PT:2.2_LAN:3.3_CAD:1.0.4_CD:1.0.0 >\x00":    "[tuya-iot-sdk 2.3.1]",
		"< TUYA IOT SDK V:%s BS:%s >\x00":                                            "[]",
		"LibreTiny v1.4.1 on generic-bk7231n-qfn32-tuya, compiled at Jan 1 2024\x00": "[libretiny 1.4.1]",
		"Starting Contiki-NG-release/v4.7-12-gabcdef\x00":                            "[contiki-ng 4.7-12-gabcdef]",
		"*** Booting MCUboot v2.1.0-rc1-134-gb9d69dd2a2d6 ***\x00":                   "[mcuboot 2.1.0-rc1-134-gb9d69dd2a2d6]",
		"*** Using nRF Connect SDK v2.9.0-7787b2649840 ***\x00":                      "[nrf-connect-sdk 2.9.0-7787b2649840]",
		"UF2 Bootloader 0.6.2 lib/nrfx (v2.0.0)\r\nModel: x\x00":                     "[uf2-bootloader 0.6.2]",
		"Server: Mongoose/6.18\r\n\x00":                                              "[mongoose 6.18]",
		"Mongoose/%s\x00":                                                            "[]",
	} {
		var got []string
		for _, s := range seeBanners(&firmware.File{Kind: firmware.Raw, Name: "code"}, []byte("\x00\x01"+content), bannerWords.Sights([]byte("\x00\x01"+content))) {
			got = append(got, s.Name+" "+s.Version)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%q: %v, want %s", content, got, want)
		}
	}
}
