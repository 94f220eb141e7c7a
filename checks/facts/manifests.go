package facts

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"

	"github.com/assay-iot/assay"
)

// readManifest reads a package database or a manifest of the given kind, which
// has a name. Places are those inside the content.
func readManifest(kind, name string, content []byte) []installed {
	switch kind {
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
	return readPackages(kind, content)
}

// readNodePackage reads package.json of an installed package (npm documentation,
// "package.json").
func readNodePackage(content []byte) []installed {
	var p struct {
		Name, Version string
		License       json.RawMessage
		Dependencies  map[string]json.RawMessage
	}
	if err := json.Unmarshal(content, &p); err != nil || p.Name == "" || p.Version == "" {
		return nil
	}
	one := installed{Database: "npm", Name: p.Name, Version: p.Version, Depends: sortedKeys(p.Dependencies)}
	if json.Unmarshal(p.License, &one.Licence) != nil {
		var old struct{ Type string } // as it was written before 2014
		_ = json.Unmarshal(p.License, &old)
		one.Licence = old.Type
	}
	return []installed{one}
}

// readPythonPackage reads the core metadata of an installed distribution: fields
// as of a mail, up to the first empty line.
func readPythonPackage(content []byte) []installed {
	p := installed{Database: "pypi"}
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
	return []installed{p}
}

// readYoctoManifest reads the list of licences that OpenEmbedded can put into an
// image (COPY_LIC_MANIFEST), a paragraph for each package.
func readYoctoManifest(content []byte) []installed {
	var all []installed
	p := installed{Database: "yocto"}
	line, offset := 0, int64(0)
	end := func() {
		if p.Name != "" && p.Version != "" && len(all) < maxPackages {
			all = append(all, p)
		}
		p = installed{Database: "yocto"}
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
func readBuildrootManifest(content []byte) []installed {
	if !bytes.HasPrefix(content, []byte(`"PACKAGE","VERSION","LICENSE"`)) {
		return nil
	}
	table := csv.NewReader(bytes.NewReader(content))
	table.FieldsPerRecord = -1
	var all []installed
	for len(all) < maxPackages {
		row, err := table.Read()
		if err == io.EOF || err != nil {
			break
		}
		line, _ := table.FieldPos(0)
		if line == 1 || len(row) < 3 || row[0] == "" || row[1] == "" {
			continue
		}
		all = append(all, installed{
			Database: "buildroot", Name: row[0], Version: row[1], Licence: row[2], Location: assay.Location{Line: line},
		})
	}
	return all
}
