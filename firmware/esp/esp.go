// Package esp reads what runs on the ESP8266 and on the chips of the ESP32
// family: images of programs, the flash that holds several of them, and the
// signatures of secure boot.
//
// The layouts are those of esptool's documentation ("Firmware Image Format") and
// of ESP-IDF's programming guide ("App Image Format", "Partition Tables",
// "Secure Boot V1", "Secure Boot V2", "Flash Encryption").
//
// An image is a header, segments with the address that each is loaded to, and
// one byte that is the XOR of all of them; the ESP32 family may add a SHA-256.
// All three are verified. The magic number is one byte, so an image is only
// taken for one if all its segments lie in the address space of the chip and
// the program begins in one of them. Each segment is a part that is named after
// its address: "drom-0x3f400020".
//
// Behind an image may stand a signature: of secure boot v1, or up to three of
// v2 in a sector of their own. They belong to the image, which they cover, and
// are containers inside it.
//
// What is not read: what flash encryption has encrypted is recognised and called
// so, the data of over-the-air updates, and the calibration of the radio.
package esp

import "encoding/binary"

var le = binary.LittleEndian

const (
	sector   = 0x1000
	maxFlash = 1 << 30 // no flash is larger
)

// erased reports whether all bytes are as after erasing the flash.
func erased(b []byte) bool {
	for _, c := range b {
		if c != 0xff {
			return false
		}
	}
	return true
}
