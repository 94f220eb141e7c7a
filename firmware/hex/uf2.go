package hex

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/memory"
)

// UF2 is Microsoft's format for flashing through a USB drive.
var UF2 = &format.Format{
	Name:     "uf2",
	Magics:   []format.Magic{{Bytes: blockStart}},
	Anywhere: true,
	Probe:    probeUF2,
	Open:     openUF2,
}

const (
	blockSize  = 512
	blockHead  = 32
	maxPayload = 476
	blockStart = "UF2\n\x57\x51\x5d\x9e"
	blockEnd   = 0x0ab16f30 // at the end of each block

	flagNotFlash = 0x1
	flagFile     = 0x1000
	flagFamily   = 0x2000

	maxFamilies = 64
)

// families has the names of some families, as uf2families.json of the format and
// the RP2350 datasheet have them.
var families = map[uint32]string{
	0x00ff6919: "STM32L4", 0x04240bdf: "STM32L5", 0x16573617: "ATMEGA32", 0x1851780a: "SAML21",
	0x1b57745f: "NRF52", 0x1c5f21b0: "ESP32", 0x1e1f432d: "STM32L1", 0x202e3a91: "STM32L0",
	0x21460ff0: "STM32WL", 0x2abc77ec: "LPC55", 0x2b88d29c: "ESP32C2", 0x300f5633: "STM32G0",
	0x31d228c6: "GD32F350", 0x332726f6: "ESP32H2", 0x3d308e94: "ESP32P4", 0x4c71240a: "STM32G4",
	0x4f6ace52: "CSK4", 0x4fb2d5bd: "MIMXRT10XX", 0x53b80f00: "STM32F7", 0x540ddf62: "ESP32C6",
	0x55114460: "SAMD51", 0x57755a57: "STM32F4", 0x5a18069b: "FX2", 0x5d1a0a2e: "STM32F2",
	0x5ee21072: "STM32F1", 0x621e937a: "NRF52833", 0x647824b6: "STM32F0", 0x68ed2b88: "SAMD21",
	0x6b846188: "STM32F3", 0x6d0922fa: "STM32F407", 0x6db66082: "STM32H7", 0x6e7348a8: "CSK6",
	0x70d16653: "STM32WB", 0x7eab61ed: "ESP8266", 0x7f83e793: "KL32L2", 0x8fb060fe: "STM32F407VG",
	0x9517422f: "RZA1LU", 0x9af03e33: "GD32VF103", 0xada52840: "NRF52840", 0xbfdd4eee: "ESP32S2",
	0xc47e5767: "ESP32S3", 0xd42ba06c: "ESP32C3", 0xe48bff56: "RP2040", 0xe48bff57: "RP2XXX-ABSOLUTE",
	0xe48bff58: "RP2XXX-DATA", 0xe48bff59: "RP2350-ARM-S", 0xe48bff5a: "RP2350-RISCV", 0xe48bff5b: "RP2350-ARM-NS",
}

// block is the head of a block.
type block struct{ flags, address, size, number, count, family uint32 }

func readBlock(in format.Input, off int64) (b block, payload []byte, ok bool) {
	raw := in.Peek(off, blockSize)
	le := binary.LittleEndian
	if len(raw) < blockSize || string(raw[:8]) != blockStart || le.Uint32(raw[blockSize-4:]) != blockEnd {
		return b, nil, false
	}
	b = block{le.Uint32(raw[8:]), le.Uint32(raw[12:]), le.Uint32(raw[16:]), le.Uint32(raw[20:]), le.Uint32(raw[24:]), le.Uint32(raw[28:])}
	if b.flags&flagFamily == 0 {
		b.family = 0
	}
	if b.size > maxPayload {
		return b, nil, true
	}
	return b, raw[blockHead : blockHead+b.size], true
}

func probeUF2(in format.Input) format.Likeness {
	if _, _, ok := readBlock(in, 0); ok {
		return format.Sure
	}
	return format.No
}

// family is what the blocks of one family write.
type family struct {
	memory, other *memory.Map // other: not for flash
	seen          map[uint32]bool
	count         uint32
}

// uf2 is the state of reading.
type uf2 struct {
	budget   *format.Budget
	bad      problems
	families map[uint32]*family
}

func openUF2(ctx context.Context, in format.Input, b *format.Budget) (*format.Opened, error) {
	u := &uf2{budget: b, families: map[uint32]*family{}}
	o := &format.Opened{Attributes: map[string]string{}}
	blocks := 0
	for ; ; blocks++ {
		if blocks&0xfff == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		head, payload, ok := readBlock(in, o.Length)
		if !ok {
			break
		}
		if err := u.block(head, payload, memory.Record{Number: blocks, Offset: o.Length, Length: blockSize}); err != nil {
			return nil, err
		}
		o.Length += blockSize
	}
	if blocks == 0 {
		return nil, format.Errorf(0, "no block")
	}
	o.Attributes["blocks"] = strconv.Itoa(blocks)
	u.parts(o)
	return o, nil
}

// block takes one block.
func (u *uf2) block(b block, payload []byte, at memory.Record) error {
	f := u.families[b.family]
	switch {
	case b.size > maxPayload:
		u.bad.add(at.Offset, blockSize, "block %d: %d bytes of data", at.Number, b.size)
		return nil
	case f == nil && len(u.families) == maxFamilies:
		u.bad.add(at.Offset, blockSize, "block %d: more than %d families", at.Number, maxFamilies)
		return nil
	case f == nil:
		f = &family{memory.New(u.budget, "block"), memory.New(u.budget, "block"), map[uint32]bool{}, b.count}
		f.memory.Near = true
		u.families[b.family] = f
	}
	switch {
	case b.count != f.count:
		u.bad.add(at.Offset, 0, "block %d: of %d blocks, those before of %d", at.Number, b.count, f.count)
	case b.number >= b.count:
		u.bad.add(at.Offset, 0, "block %d: number %d of %d", at.Number, b.number, b.count)
	case f.seen[b.number]:
		u.bad.add(at.Offset, 0, "block %d: number %d is there twice", at.Number, b.number)
	}
	f.seen[b.number] = true
	if uint64(b.address)+uint64(b.size) > 1<<32 {
		u.bad.add(at.Offset, blockSize, "block %d: behind the end of the memory", at.Number)
		return nil
	}
	to := f.memory
	if b.flags&(flagNotFlash|flagFile) != 0 {
		to = f.other
	}
	return to.Write(uint64(b.address), payload, at)
}

// parts gives the memory of each family.
func (u *uf2) parts(o *format.Opened) {
	var names []string
	for _, id := range sortedKeys(u.families) {
		f, prefix := u.families[id], ""
		if id != 0 {
			name := fmt.Sprintf("0x%08x", id)
			if families[id] != "" {
				name += " (" + families[id] + ")"
			}
			names = append(names, name)
		}
		if len(u.families) > 1 {
			prefix = fmt.Sprintf("family-%08x-", id)
		}
		if missing := int64(f.count) - int64(len(f.seen)); missing > 0 {
			u.bad.add(o.Length, 0, "%d of %d blocks of family 0x%08x are missing", missing, f.count, id)
		}
		for _, m := range []struct {
			prefix string
			role   format.Role
			from   *memory.Map
		}{{prefix, format.Code, f.memory}, {prefix + "other-", format.Data, f.other}} {
			parts, damage := m.from.Parts(m.prefix, m.role)
			o.Parts = append(o.Parts, parts...)
			for _, d := range damage {
				u.bad.add(d.Offset, d.Length, "%s", d.Reason)
			}
		}
	}
	if names != nil {
		o.Attributes["families"] = strings.Join(names, ", ")
	}
	o.Damage = u.bad.damage
}
