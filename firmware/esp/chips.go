package esp

import "strconv"

// space is a run of the address space that an image may fill.
type space struct {
	name       string
	start, end uint32
}

// chip is a member of the family: its number in the header, and its address
// space as the technical reference manual of each has it.
type chip struct {
	id     uint16
	name   string
	spaces []space
}

var esp8266 = &chip{0, "ESP8266", []space{
	{"dram", 0x3ffe8000, 0x40000000},
	{"iram", 0x40100000, 0x40140000},
	{"irom", 0x40200000, 0x40300000},
}}

// unified is the layout that the later RISC-V chips share.
var unified = []space{
	{"flash", 0x42000000, 0x44000000},
	{"ram", 0x40800000, 0x40900000},
	{"rtc", 0x50000000, 0x50008000},
}

// chips are those of the ESP32 family.
var chips = []*chip{
	{0, "ESP32", []space{
		{"drom", 0x3f400000, 0x3f800000},
		{"psram", 0x3f800000, 0x3fc00000},
		{"rtc-dram", 0x3ff80000, 0x3ff82000},
		{"dram", 0x3ff90000, 0x40000000},
		{"iram", 0x40070000, 0x400c0000},
		{"rtc-iram", 0x400c0000, 0x400c2000},
		{"irom", 0x400c2000, 0x40c00000},
		{"rtc", 0x50000000, 0x50002000},
	}},
	{2, "ESP32-S2", []space{
		{"drom", 0x3f000000, 0x3f500000},
		{"psram", 0x3f500000, 0x3ff80000},
		{"rtc-dram", 0x3ff9e000, 0x3ffa0000},
		{"dram", 0x3ffb0000, 0x40000000},
		{"iram", 0x40020000, 0x40070000},
		{"rtc-iram", 0x40070000, 0x40072000},
		{"irom", 0x40080000, 0x40c00000},
		{"rtc", 0x50000000, 0x50002000},
	}},
	{5, "ESP32-C3", []space{
		{"drom", 0x3c000000, 0x3c800000},
		{"dram", 0x3fc80000, 0x3fce0000},
		{"iram", 0x4037c000, 0x403e0000},
		{"irom", 0x42000000, 0x42800000},
		{"rtc", 0x50000000, 0x50002000},
	}},
	{9, "ESP32-S3", []space{
		{"drom", 0x3c000000, 0x3e000000},
		{"dram", 0x3fc80000, 0x3fd00000},
		{"iram", 0x40370000, 0x403e0000},
		{"irom", 0x42000000, 0x44000000},
		{"rtc", 0x50000000, 0x50002000},
		{"rtc-ram", 0x600fe000, 0x60100000},
	}},
	{12, "ESP32-C2", []space{
		{"drom", 0x3c000000, 0x3c400000},
		{"dram", 0x3fca0000, 0x3fce0000},
		{"iram", 0x4037c000, 0x403e0000},
		{"irom", 0x42000000, 0x42400000},
	}},
	{13, "ESP32-C6", unified},
	{16, "ESP32-H2", unified},
	{18, "ESP32-P4", []space{
		{"flash", 0x40000000, 0x44000000},
		{"psram", 0x48000000, 0x4c000000},
		{"ram", 0x4ff00000, 0x4ffc0000},
		{"tcm", 0x30100000, 0x30102000},
		{"rtc", 0x50108000, 0x50110000},
	}},
	{20, "ESP32-C61", unified},
	{23, "ESP32-C5", unified},
	{25, "ESP32-H21", unified},
	{28, "ESP32-H4", unified},
}

func chipOf(id uint16) *chip {
	for _, c := range chips {
		if c.id == id {
			return c
		}
	}
	return nil
}

// space gives the name of the space that a run lies in; empty if there is none.
// Address 0 is that of padding, which is not loaded.
func (c *chip) space(addr, size uint32) string {
	if addr == 0 && c != esp8266 {
		return "padding"
	}
	for _, s := range c.spaces {
		if addr >= s.start && addr < s.end && size <= s.end-addr {
			return s.name
		}
	}
	return ""
}

var flashModes = [...]string{"qio", "qout", "dio", "dout", "fast-read", "slow-read"}

// flashMode names the mode of the flash; it is a number where it has no name.
func flashMode(n byte) string {
	if int(n) < len(flashModes) {
		return flashModes[n]
	}
	return strconv.Itoa(int(n))
}
