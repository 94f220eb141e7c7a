package inventory

import (
	"bytes"
	"compress/zlib"
	"debug/buildinfo"
	debugelf "debug/elf"
	"encoding/json"
	"io"
	"strings"

	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/elf"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// builder reads what a build tool left in a program.
type builder struct {
	anchor string
	whole  bool // one look at the file tells all
	read   func(f *firmware.File, content []byte, at int) []sighting
}

const vermagic = "vermagic="

var builders = []builder{
	{anchor: elf.GoBuildInfo, whole: true, read: goModules},
	{anchor: vermagic, read: moduleMagic},
	{anchor: `{"type":"`, read: packagingNote},
	{anchor: ".dep-v0", whole: true, read: auditedCrates},
	{anchor: "cargo/registry/", read: crateOfPath},
	{anchor: "_sdk_V", read: telinkKit},
	{anchor: "_sdk_v", read: telinkKit},
	{anchor: espressifSDK, read: espressifKit},
	{anchor: lwipTag, read: lwipRelease},
	{anchor: esp8266at, read: arduinoCore("arduino-esp8266", esp8266at)},
	{anchor: esp32at, read: arduinoCore("arduino-esp32", esp32at)},
	{anchor: coreOf, whole: true, read: arduinoRelease},
}

// moduleMagic reads the kernel's version from a module's version magic.
func moduleMagic(f *firmware.File, content []byte, at int) []sighting {
	if !strings.HasSuffix(f.Name, ".ko") {
		return nil
	}
	text, _, _ := bytes.Cut(content[at+len(vermagic):min(at+len(vermagic)+256, len(content))], []byte{0})
	version, _, _ := strings.Cut(string(text), " ")
	return []sighting{{Name: "linux", Version: version, Confidence: ConfidenceBuild, Location: facts.AtSpan(f, at, at+len(vermagic)+len(text))}}
}

// goModules reads what the Go linker wrote: the main module, the modules that
// it was built with, and Go itself.
func goModules(f *firmware.File, content []byte, _ int) []sighting {
	info, err := buildinfo.Read(bytes.NewReader(content))
	if err != nil {
		return nil
	}
	all := []sighting{{Name: "stdlib", Version: strings.TrimPrefix(info.GoVersion, "go"), Ecosystem: "golang", Confidence: ConfidenceBuild, Location: facts.At(f)}}
	module := func(path, version string) {
		if path != "" && version != "devel" && version != "" { // the program itself, built from a working copy
			all = append(all, sighting{Name: path, Version: version, Ecosystem: "golang", Confidence: ConfidenceBuild, Location: facts.At(f)})
		}
	}
	module(info.Main.Path, strings.Trim(info.Main.Version, "()"))
	for _, d := range info.Deps {
		if d.Replace != nil {
			d = d.Replace
		}
		module(d.Path, d.Version)
	}
	return all
}

// maxNote is the size in bytes of the largest packaging note that is read.
const maxNote = 4096

// packagingNote reads the note in which a distribution writes the package that
// a program belongs to (the package metadata for ELF of systemd's documents).
// The name is that of the source package.
func packagingNote(f *firmware.File, content []byte, at int) []sighting {
	if at < 4 || string(content[at-4:at]) != "FDO\x00" {
		return nil
	}
	var note struct {
		Type, OS, Name, Version string
		Arch                    string `json:"architecture"`
	}
	text := content[at:min(at+maxNote, len(content))]
	if err := json.NewDecoder(bytes.NewReader(text)).Decode(&note); err != nil || note.Name == "" {
		return nil
	}
	end := at + bytes.IndexByte(text, '}') + 1
	return []sighting{{
		Name: note.Name, Version: note.Version, Ecosystem: note.Type, Space: strings.ToLower(note.OS),
		Confidence: ConfidenceBuild, Location: facts.AtSpan(f, at, end),
	}}
}

// maxCrates is the size in bytes of the longest list of crates that is read.
const maxCrates = 8 << 20

// auditedCrates reads the list of crates that cargo-auditable puts into a
// program: zlib over JSON, in a section of its own.
func auditedCrates(f *firmware.File, content []byte, _ int) []sighting {
	file, err := debugelf.NewFile(bytes.NewReader(content))
	if err != nil {
		return nil
	}
	s := file.Section(".dep-v0")
	if s == nil {
		return nil
	}
	packed, err := zlib.NewReader(io.LimitReader(s.Open(), maxCrates))
	if err != nil {
		return nil
	}
	var list struct {
		Packages []struct{ Name, Version, Kind string }
	}
	if err := json.NewDecoder(io.LimitReader(packed, maxCrates)).Decode(&list); err != nil {
		return nil
	}
	var all []sighting
	for _, p := range list.Packages {
		if p.Kind != "build" && p.Name != "" { // those ran when it was built, and are not in it
			all = append(all, sighting{Name: p.Name, Version: p.Version, Ecosystem: "cargo", Confidence: ConfidenceBuild, Location: facts.At(f)})
		}
	}
	return all
}

// crate is the path of a crate's source, as it stands in the messages of a
// program that ends itself.
var crate = lazyregexp.New(`^(?:src/[0-9A-Za-z.-]+-[0-9a-f]{16}/)?([0-9A-Za-z_-]+?)-(\d+\.\d+\.\d+[0-9A-Za-z.+-]*)/`)

// crateOfPath reads the crate from the path of one of its sources.
func crateOfPath(f *firmware.File, content []byte, at int) []sighting {
	start := at + len("cargo/registry/")
	m := crate.Get().FindSubmatchIndex(content[start:min(start+200, len(content))])
	if m == nil {
		return nil
	}
	name, version := string(content[start+m[2]:start+m[3]]), string(content[start+m[4]:start+m[5]])
	return []sighting{{Name: name, Version: version, Ecosystem: "cargo", Confidence: ConfidenceString, Location: facts.AtSpan(f, at, start+m[1])}}
}
