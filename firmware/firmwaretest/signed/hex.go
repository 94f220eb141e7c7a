package signed

import (
	"fmt"
	"strings"
)

// HexEnd is the last record of a file of Intel HEX.
const HexEnd = ":00000001FF\n"

// Hex are records of Intel HEX with bytes at an address, without the last one.
func Hex(address uint32, b []byte) string {
	const width = 16
	var s strings.Builder
	for i := 0; i < len(b); i += width {
		at := address + uint32(i)
		if i == 0 || at&0xffff == 0 {
			s.WriteString(hexRecord(0, 4, byte(at>>24), byte(at>>16)))
		}
		s.WriteString(hexRecord(uint16(at), 0, b[i:min(i+width, len(b))]...))
	}
	return s.String()
}

func hexRecord(offset uint16, kind byte, data ...byte) string {
	raw := append([]byte{byte(len(data)), byte(offset >> 8), byte(offset), kind}, data...)
	sum := byte(0)
	for _, c := range raw {
		sum -= c
	}
	return fmt.Sprintf(":%X%02X\n", raw, sum)
}
