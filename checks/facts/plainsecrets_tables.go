package facts

import (
	"bytes"
	"slices"
	"strings"

	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
)

// Limits of looking for tables of settings in a program.
const (
	maxTableFile  = 32 << 20 // bytes of a program
	maxTableNames = 64       // names of passwords in one
	maxTableSpots = 1024     // pointers to them
	maxRelocated  = 1 << 21  // relocations that are read
	minStride     = 2        // words of a row: name, value
	maxStride     = 4
)

// tableSecrets finds passwords in tables of default settings that are compiled into
// programs, as those of routers have them: rows of pointers to a name and to its value.
// That a name of a password and another string stand beside each other says nothing in
// a program; that rows before and behind it point to names of settings too does.
var tableSecrets = &Scan[PlainSecret]{
	Name:    "table-secrets",
	Version: 3,
	Doc:     "Passwords in tables of names and values that are compiled into programs, keys of networks in the settings that they write, and logins in addresses whose host they fill in.",
	Want:    func(f *firmware.File) bool { return f.Kind == firmware.Regular && f.Size <= maxTableFile },
	Words:   newLiterals(slices.Concat(nameEnds, networkLines, hostFormats)),
	Spot:    seeTableSecrets,
}

func seeTableSecrets(f *firmware.File, content []byte, words sights) []PlainSecret {
	if !bytes.HasPrefix(content, elfStart) || !words.Any() {
		return nil
	}
	return slices.Concat(tablesOf(f, content, words), writtenNetworks(f, content, words), filledAddresses(f, content, words))
}

// nameEnds end names of passwords that are strings of their own.
var nameEnds = []string{"passwd\x00", "password\x00", "_pass\x00", "_pwd\x00", "_psk\x00", "_passphrase\x00"}

// tablesOf finds the passwords of tables.
func tablesOf(f *firmware.File, content []byte, words sights) []PlainSecret {
	if !words.Has(0, len(nameEnds)) {
		return nil
	}
	e, err := elf.Parse(content)
	if err != nil {
		return nil
	}
	t := pointerTables{elf: e, word: uint64(e.Bits / 8), names: map[uint64]string{}, moved: map[uint64]uint64{}}
	words.Each(func(word, at int) bool {
		if word < len(nameEnds) {
			t.addName(content, at)
		}
		return len(t.names) < maxTableNames
	})
	if len(t.names) == 0 {
		return nil
	}
	var found []PlainSecret
	for _, at := range t.spots() {
		name := t.names[t.pointer(at)]
		value := t.text(t.pointer(at + t.word))
		if !t.isRow(at) || !isTableSecret(name, value) {
			continue
		}
		p := PlainSecret{Name: forPeople(name), Wifi: isWifiName(name), OnList: isListed(value), Compiled: true, Secret: NewSecret("password", value), Location: At(f)}
		if offset, ok := t.offset(t.pointer(at + t.word)); ok {
			p.Location.Offset, p.Location.Length = int64(offset), int64(len(value))
		}
		found = append(found, p)
	}
	return found
}

// isTableSecret reports whether a row of settings holds a password: one that mixes
// letters and digits, or one of the list of default passwords where the name says whose
// it is ("http_passwd").
func isTableSecret(name, value string) bool {
	if !isLiteralSecret(value) || isFieldName(strings.TrimRight(value, "0123456789")) || isCipherTerm(strings.ToLower(value)) || strings.ContainsAny(value, "%/=:()[].,_") {
		return false
	}
	mixed := len(value) >= 6 && strings.ContainsAny(value, "0123456789") && strings.Trim(value, "0123456789-") != ""
	return mixed || isListed(value) && strings.ContainsAny(name, "_-.")
}

// pointerTables are the words of an ELF file that point to strings.
type pointerTables struct {
	elf   *elf.File
	word  uint64            // bytes of a pointer
	names map[uint64]string // names of passwords, by address
	moved map[uint64]uint64 // pointers that relocations write, by their place
}

// addName keeps the name of a password that is a string of its own.
func (t *pointerTables) addName(content []byte, at int) {
	start := at
	for start > 0 && at-start < maxRecordName && content[start-1] != 0 {
		start--
	}
	name := string(content[start : at+bytes.IndexByte(content[at:], 0)])
	if recordName([]byte(name)) != len(name) || !isPasswordName(name) && !strings.HasSuffix(strings.ToLower(name), "psk") {
		return
	}
	for _, s := range t.elf.Segments {
		if s.Kind == elf.Load && uint64(start) >= s.Offset && uint64(start)-s.Offset < s.Size {
			t.names[s.Address+uint64(start)-s.Offset] = name
		}
	}
}

// spots are the places of pointers to names, in order.
func (t *pointerTables) spots() []uint64 {
	var spots []uint64
	entry := 3 * t.word // offset, info, addend
	table := t.elf.At(t.elf.Rela, min(t.elf.RelaSize, maxRelocated*entry))
	each := func(visit func(place, addend uint64)) {
		for b := table; uint64(len(b)) >= entry; b = b[entry:] {
			visit(t.elf.Word(b), t.elf.Word(b[2*t.word:]))
		}
	}
	near := map[uint64]bool{}
	each(func(place, addend uint64) {
		if _, ok := t.names[addend]; ok && len(spots) < maxTableSpots {
			spots = append(spots, place)
			for i := uint64(0); i <= 4*maxStride+1; i++ {
				near[place+i*t.word-2*maxStride*t.word] = true
			}
		}
	})
	each(func(place, addend uint64) {
		if near[place] {
			t.moved[place] = addend
		}
	})
	for _, s := range t.elf.Segments {
		if s.Kind != elf.Load {
			continue
		}
		data := t.elf.At(s.Address, s.Size)
		for at := uint64(0); at+t.word <= uint64(len(data)); at += t.word {
			if _, ok := t.names[t.elf.Word(data[at:])]; ok && len(spots) < maxTableSpots {
				spots = append(spots, s.Address+at)
			}
		}
	}
	return spots
}

// pointer is what stands at a place after relocation; 0 if nothing does.
func (t *pointerTables) pointer(at uint64) uint64 {
	if p, ok := t.moved[at]; ok {
		return p
	}
	b := t.elf.At(at, t.word)
	if uint64(len(b)) < t.word {
		return 0
	}
	return t.elf.Word(b)
}

// text is the printable string at an address; empty if there is none.
func (t *pointerTables) text(at uint64) string {
	b, _, ok := bytes.Cut(t.elf.At(at, maxRawString), []byte{0})
	if !ok || at == 0 || !isPrintable(string(b)) {
		return ""
	}
	return string(b)
}

func (t *pointerTables) offset(at uint64) (uint64, bool) {
	for _, s := range t.elf.Segments {
		if s.Kind == elf.Load && at >= s.Address && at-s.Address < s.Size {
			return s.Offset + at - s.Address, true
		}
	}
	return 0, false
}

// isRow reports whether two rows beside a pointer to a name, of one width, are rows of
// settings too.
func (t *pointerTables) isRow(at uint64) bool {
	for stride := uint64(minStride); stride <= maxStride; stride++ {
		width := stride * t.word
		before, behind := t.isSetting(at-width), t.isSetting(at+width)
		if before && behind || before && t.isSetting(at-2*width) || behind && t.isSetting(at+2*width) {
			return true
		}
	}
	return false
}

// isSetting reports whether pointers to a name and to a value, or to no value, stand at a
// place.
func (t *pointerTables) isSetting(at uint64) bool {
	name := t.text(t.pointer(at))
	value := t.pointer(at + t.word)
	const short = 3
	return len(name) >= short && recordName([]byte(name)) == len(name) && (value == 0 || t.readable(value))
}

// readable reports whether a string, an empty one too, stands at an address.
func (t *pointerTables) readable(at uint64) bool {
	b, _, ok := bytes.Cut(t.elf.At(at, maxRawString), []byte{0})
	return ok && isPrintable(string(b))
}
