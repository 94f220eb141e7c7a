package packages

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts/rpmdb"
)

// Read reads a package database or a manifest of a kind that [Kind] gave, which has a
// name; what is not well formed lists nothing. Places are those inside the content.
func Read(kind, name string, content []byte) []Entry {
	switch kind {
	case "":
		return nil
	case "npm-lock":
		return readNodeLock(content)
	case "recipe":
		return readRecipe(name, content)
	case "npm":
		return readNodePackage(content)
	case "pypi":
		return readPythonPackage(content)
	case "rpm":
		return readRPM(content)
	case "yocto":
		return readYoctoManifest(content)
	case "buildroot":
		return readBuildrootManifest(content)
	}
	return readParagraphs(kind, content)
}

// readNodePackage reads package.json of an installed package (npm documentation,
// "package.json").
func readNodePackage(content []byte) []Entry {
	var p struct {
		Name, Version string
		License       json.RawMessage
		Dependencies  map[string]json.RawMessage
	}
	if err := json.Unmarshal(content, &p); err != nil || p.Name == "" || p.Version == "" {
		return nil
	}
	one := Entry{Database: "npm", Name: p.Name, Version: p.Version, Depends: slices.Sorted(maps.Keys(p.Dependencies))}
	if json.Unmarshal(p.License, &one.Licence) != nil {
		var old struct{ Type string } // as it was written before 2014
		_ = json.Unmarshal(p.License, &old)
		one.Licence = old.Type
	}
	return []Entry{one}
}

// readPythonPackage reads the core metadata of an installed distribution: fields
// as of a mail, up to the first empty line.
func readPythonPackage(content []byte) []Entry {
	p := Entry{Database: "pypi"}
	for line := range bytes.Lines(content) {
		key, val, ok := strings.Cut(strings.TrimRight(string(line[:min(len(line), maxField)]), "\r\n"), ": ")
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if val = strings.TrimSpace(val); !ok || val == "UNKNOWN" {
			continue
		}
		switch key {
		case "Name":
			p.Name = val
		case "Version":
			p.Version = val
		case "License-Expression":
			p.Licence = val
		case "License":
			if p.Licence == "" {
				p.Licence = val
			}
		case "Requires-Dist":
			if !strings.Contains(val, "extra ==") {
				name, _, _ := strings.Cut(val, ";")
				p.Depends = append(p.Depends, dependsOn([]string{strings.TrimRight(name, " ")})...)
			}
		}
	}
	if p.Name == "" || p.Version == "" {
		return nil
	}
	return []Entry{p}
}

// readYoctoManifest reads the list of licences that OpenEmbedded can put into an
// image (COPY_LIC_MANIFEST), a paragraph for each package.
func readYoctoManifest(content []byte) []Entry {
	var all []Entry
	p := Entry{Database: "yocto"}
	line, offset := 0, int64(0)
	end := func() {
		if p.Name != "" && p.Version != "" && len(all) < maxPackages {
			all = append(all, p)
		}
		p = Entry{Database: "yocto"}
	}
	for raw := range bytes.Lines(content) {
		line++
		key, val, ok := strings.Cut(string(raw[:min(len(raw), maxField)]), ":")
		val = strings.TrimSpace(val)
		switch {
		case !ok:
			end()
		case key == "PACKAGE NAME":
			p.Name, p.Location = val, assay.Location{Line: line, Offset: offset, Length: int64(len(bytes.TrimRight(raw, "\r\n")))}
		case key == "PACKAGE VERSION":
			p.Version = val
		case key == "RECIPE NAME":
			p.Source = val
		case key == "LICENSE":
			p.Licence = val
		}
		offset += int64(len(raw))
	}
	end()
	return all
}

// readBuildrootManifest reads the table that Buildroot's legal-info writes. A file
// of that name without its first line is another's.
func readBuildrootManifest(content []byte) []Entry {
	if !bytes.HasPrefix(content, []byte(`"PACKAGE","VERSION","LICENSE"`)) {
		return nil
	}
	table := csv.NewReader(bytes.NewReader(content))
	table.FieldsPerRecord = -1
	var all []Entry
	for len(all) < maxPackages {
		row, err := table.Read()
		if err == io.EOF || err != nil {
			break
		}
		line, _ := table.FieldPos(0)
		if line == 1 || len(row) < 3 || row[0] == "" || row[1] == "" {
			continue
		}
		all = append(all, Entry{
			Database: "buildroot", Name: row[0], Version: row[1], Licence: row[2], Location: assay.Location{Line: line},
		})
	}
	return all
}

// readRPM reads a database of RPM.
func readRPM(content []byte) []Entry {
	packages, _ := rpmdb.Read(content) // of a damaged one what was read
	all := make([]Entry, 0, len(packages))
	for _, p := range packages {
		all = append(all, Entry{
			Database: "rpm", Name: p.Name, Version: p.Version, Epoch: p.Epoch, Arch: p.Arch, Source: p.Source, Licence: p.Licence,
			Depends: p.Requires, Location: assay.Location{Offset: p.Offset, Length: p.Length},
		})
	}
	return all
}
