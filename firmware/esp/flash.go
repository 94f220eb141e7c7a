package esp

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// Flash is what lies in the flash of a chip of the ESP32 family: the boot loader,
// the partition table, and the partitions.
var Flash = &format.Format{
	Name:   "esp-flash",
	Magics: flashMagics(),
	Probe: func(in format.Input) format.Likeness {
		_, _, l := findTable(in)
		return l
	},
	Open: openFlash,
}

const (
	firstTable = 0x8000 // where the table is if nobody chose another place
	lastTable  = 0x20000
	// cutOff is what some tools leave out at the start, where the ESP32 has no boot
	// loader yet.
	cutOff = 0x1000
)

// flashMagics are the places of the table.
func flashMagics() (all []format.Magic) {
	for at := firstTable - cutOff; at <= lastTable; at += sector {
		all = append(all, format.Magic{Offset: at, Bytes: partitionMagic})
	}
	return all
}

// findTable gives the first place that holds a table, and how sure that is.
func findTable(in format.Input) (int64, table, format.Likeness) {
	for at := int64(firstTable - cutOff); at <= lastTable; at += sector {
		if string(in.Peek(at, len(partitionMagic))) != partitionMagic {
			continue
		}
		t := readTable(in.Peek(at, tableSize))
		if l := t.likeness(); l != format.No {
			return at, t, l
		}
	}
	return 0, table{}, format.No
}

func openFlash(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
	at, t, l := findTable(in)
	if l == format.No {
		return nil, format.Errorf(0, "no partition table")
	}
	f := &flash{in: in, o: &format.Opened{Attributes: map[string]string{"table": fmt.Sprintf("0x%x", at)}}, names: map[string]bool{}}
	if at < firstTable {
		f.shift = cutOff
		f.o.Attributes["missing"] = fmt.Sprintf("the first 0x%x bytes of the flash", f.shift)
	}
	t.describe(f.o.Attributes)
	f.boot(at)
	f.part("partition-table", at, at+sector, format.Data)
	slices.SortStableFunc(t.partitions, func(a, b partition) int { return cmp.Compare(a.offset, b.offset) })
	for i := range t.partitions {
		if p := &t.partitions[i]; p.kind == typeApp && p.subtype >= subtypeOTA && p.subtype < subtypeOTA+16 {
			f.programs++
		}
	}
	for i := range t.partitions {
		f.partition(&t.partitions[i], at)
	}
	f.o.Length = max(f.at, min(at+sector, in.Size))
	return f.o, nil
}

// flash is a flash while its parts are listed.
type flash struct {
	in    format.Input
	o     *format.Opened
	shift int64 // bytes of the flash that are not here
	at    int64 // where the next part may begin
	names map[string]bool

	programs int // of which one is started
}

// boot lists what stands in front of the table. The boot loader begins at 0,
// 0x1000 or 0x2000, as the chip's ROM has it.
func (f *flash) boot(table int64) {
	start := int64(0)
	for at := int64(0); at <= 0x2000; at += sector {
		if b := f.in.Peek(at, 2); len(b) == 2 && b[0] == magicImage {
			start = at
			break
		}
		if start == at && blank(f.in.Peek(at, sector)) {
			start = at + sector
		}
	}
	f.part("bootloader", start, table, format.Code)
}

// partition lists a partition, as far as it is here: what joins images often
// leaves out the data, and the end of the last program.
func (f *flash) partition(p *partition, table int64) {
	from, to := p.offset-f.shift, p.end()-f.shift
	switch {
	case p.kind != typeApp && p.kind != typeData && from < table+sector:
		return // the boot loader or the table itself
	case from < f.at:
		f.o.Damage = append(f.o.Damage, format.Damage{Offset: table + p.at, Reason: fmt.Sprintf("partition %q at 0x%x overlaps what stands before it", p.label, p.offset)})
		return
	case from >= f.in.Size:
		return
	}
	to = min(to, f.in.Size)
	if f.known(p, f.in.Section(from, to-from), f.programs) {
		f.gap(from)
		f.at = to
		return
	}
	role := format.Data
	if p.kind == typeApp {
		role = format.Code
	}
	name := strings.Map(plain, p.label)
	f.part(cmp.Or(name, "partition"), from, to, role)
}

// plain leaves the letters that are no sign in a path.
func plain(c rune) rune {
	if strings.ContainsRune("/!\\ ", c) {
		return '_'
	}
	return c
}

// part lists a part, and the gap in front of it. What is encrypted is called so
// and not looked into.
func (f *flash) part(name string, from, to int64, role format.Role) {
	to = min(to, f.in.Size)
	f.gap(from)
	if from < f.at || from >= to {
		return
	}
	if f.names[name] {
		name = fmt.Sprintf("%s-0x%08x", name, from+f.shift)
	}
	f.names[name] = true
	f.at = to
	if role == format.Code && isEncrypted(f.in.Section(from, to-from)) {
		f.o.Attributes["encrypted"] = strings.TrimSpace(f.o.Attributes["encrypted"] + " " + name)
		f.o.Damage = append(f.o.Damage, format.Damage{Offset: from, Length: to - from, Reason: name + ": " + encryptedReason, Opaque: true})
		return
	}
	f.o.Parts = append(f.o.Parts, format.Part{Name: name, Offset: from, Length: to - from, Role: role})
}

// gap lists the bytes up to a place that belong to no partition.
func (f *flash) gap(to int64) {
	if from := f.at; from < to {
		f.at = to
		f.o.Parts = append(f.o.Parts, format.Part{Name: fmt.Sprintf("gap-0x%08x", from+f.shift), Offset: from, Length: to - from})
	}
}

// isEncrypted reports whether bytes that should begin with a program look like
// ones that flash encryption has encrypted: neither a program nor erased, and as
// even as random ones.
func isEncrypted(in format.Input) bool {
	head := in.Head(sector)
	return len(head) == sector && head[0] != magicImage && even(head)
}
