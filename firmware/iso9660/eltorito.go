package iso9660

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware/format"
)

// The boot catalog of El Torito has entries of catalogEntry bytes: one with a
// checksum, the default one, then sections.
const (
	catalogEntry = 32
	maxCatalog   = 64 // entries that are read
	bootable     = 0x88
	notBootable  = 0x00
	section      = 0x90
	lastSection  = 0x91
	extension    = 0x44
)

var (
	platforms = map[byte]string{0: "x86", 1: "powerpc", 2: "mac", 0xef: "efi"}
	media     = [...]string{"no-emulation", "floppy-1200", "floppy-1440", "floppy-2880", "disk"}
	floppies  = [...]int64{1: 1200 << 10, 1440 << 10, 2880 << 10}
)

// bootImages reads the boot catalog. What no file holds becomes an entry.
func (r *reader) bootImages(at int64, attributes map[string]string) error {
	raw := r.in.Peek(at, maxCatalog*catalogEntry)
	if len(raw) < 2*catalogEntry || raw[0] != 1 || raw[30] != 0x55 || raw[31] != 0xaa {
		return format.Errorf(at, "no catalog")
	}
	sum := uint16(0)
	for i := 0; i < catalogEntry; i += 2 {
		sum += binary.LittleEndian.Uint16(raw[i:])
	}
	if sum != 0 {
		return format.Errorf(at, "the checksum differs")
	}
	images := readCatalog(raw)
	starts := r.starts(images)
	var said []string
	for _, m := range images {
		what, err := r.bootImage(m, starts)
		if err != nil {
			return err
		}
		said = append(said, what)
	}
	attributes["boot"] = strings.Join(said, ", ")
	return nil
}

// bootImage is an entry of the catalog.
type bootImage struct {
	number   int
	platform string
	medium   byte
	start    int64
}

// readCatalog reads what follows the first entry: the default image, and those of
// the sections.
func readCatalog(raw []byte) (images []bootImage) {
	platform, left, last := raw[1], 1, false
	for n := 1; (n+1)*catalogEntry <= len(raw); n++ {
		e := raw[n*catalogEntry : (n+1)*catalogEntry]
		switch {
		case left == 0 && !last && (e[0] == section || e[0] == lastSection):
			platform, left, last = e[1], int(binary.LittleEndian.Uint16(e[2:])), e[0] == lastSection
		case left > 0 && (e[0] == bootable || e[0] == notBootable):
			left--
			images = append(images, bootImage{
				number:   n,
				platform: cmp.Or(platforms[platform], fmt.Sprintf("platform-%d", platform)),
				medium:   e[1] & 0x0f,
				start:    int64(binary.LittleEndian.Uint32(e[8:])) * sectorSize,
			})
		case e[0] != extension:
			return images
		}
	}
	return images
}

// bootImage says what a boot image is, and lists it if no file begins there. How
// long it is nobody knows but its own loader: it is taken to go on to the next
// thing in the volume.
func (r *reader) bootImage(m bootImage, starts []int64) (string, error) {
	what := m.platform
	if int(m.medium) < len(media) {
		what += " " + media[m.medium]
	}
	for i := range r.entries {
		if len(r.parts[i]) > 0 && r.parts[i][0].start == m.start {
			return what + " " + r.entries[i].Name, nil
		}
	}
	if m.start >= r.in.Size {
		return what, format.Errorf(m.start, "boot image outside of the volume of %d bytes", r.in.Size)
	}
	size := r.in.Size - m.start
	if i, _ := slices.BinarySearch(starts, m.start+1); i < len(starts) {
		size = starts[i] - m.start
	}
	if int(m.medium) < len(floppies) && m.medium > 0 {
		size = min(floppies[m.medium], r.in.Size-m.start)
	}
	name := fmt.Sprintf("[BOOT]/%d-%s.img", m.number, m.platform)
	if err := r.budget.Entry(name); err != nil {
		return what, err
	}
	r.put(format.Entry{Name: name, Mode: 0o444, Size: size, Offset: m.start}, []place{{m.start, size}}, nil)
	return what + " " + name, nil
}

// starts are the places where files, directories and boot images begin, in order.
func (r *reader) starts(images []bootImage) (all []int64) {
	for at := range r.folders {
		all = append(all, at)
	}
	for _, parts := range r.parts {
		for _, p := range parts {
			all = append(all, p.start)
		}
	}
	for _, m := range images {
		all = append(all, m.start)
	}
	slices.Sort(all)
	return all
}
