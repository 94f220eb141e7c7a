package packages

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"
)

// maxLockDepth is how deep packages of a lock file of the first kind may be
// nested.
const maxLockDepth = 64

// lockEntry is a package in a lock file of npm.
type lockEntry struct {
	Name, Version string
	License       any
	Dev, Optional bool
	DevOptional   bool
	Link          bool
	Dependencies  json.RawMessage // of the first kind: by name, what is nested; of the others: by name, a range
}

// readNodeLock reads package-lock.json and its like: what npm resolved for a
// program, whose packages may have been built into one file since (npm
// documentation, "package-lock.json", lockfileVersion 1 to 3). What only
// developers need or may be missing is left out.
func readNodeLock(content []byte) []Entry {
	var lock struct {
		Packages     map[string]lockEntry // by folder; the program itself is ""
		Dependencies json.RawMessage
	}
	if json.Unmarshal(content, &lock) != nil {
		return nil
	}
	var all []Entry
	for _, folder := range slices.Sorted(maps.Keys(lock.Packages)) {
		const below = "/node_modules/"
		at := strings.LastIndex("/"+folder, below)
		if e := lock.Packages[folder]; at >= 0 && len(all) < maxPackages {
			all = e.add(all, ("/" + folder)[at+len(below):])
		}
	}
	if lock.Packages == nil {
		all = nestedLock(all, lock.Dependencies, 0)
	}
	return all
}

// nestedLock reads the packages of the first kind of lock file.
func nestedLock(all []Entry, dependencies json.RawMessage, depth int) []Entry {
	var entries map[string]lockEntry
	if depth >= maxLockDepth || json.Unmarshal(dependencies, &entries) != nil {
		return all
	}
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		if len(all) >= maxPackages {
			break
		}
		e := entries[name]
		e.Name = ""
		all = nestedLock(e.add(all, name), e.Dependencies, depth+1)
	}
	return all
}

func (e lockEntry) add(all []Entry, name string) []Entry {
	if e.Name != "" {
		name = e.Name // the folder has another name
	}
	if name == "" || e.Version == "" || e.Dev || e.Optional || e.DevOptional || e.Link || strings.Contains(e.Version, ":") {
		return all
	}
	licence, _ := e.License.(string)
	return append(all, Entry{Database: "npm", Name: name, Version: e.Version, Licence: licence})
}

// isOwnLock reports whether a lock file is that of a program, and not of a package
// that was published with the lock of its developers, whatever its language.
func isOwnLock(name string) bool {
	return path.Base(name) == ".package-lock.json" || !InLibraries(name) && !strings.Contains("/"+name, "/gems/")
}

// readRecipe reads the file recipeinfo that OpenEmbedded puts beside the licences
// of a recipe (COPY_LIC_DIRS); the folder has the recipe's name.
func readRecipe(name string, content []byte) []Entry {
	p := Entry{Database: "yocto", Recipe: true, Name: path.Base(path.Dir(name))}
	for line := range strings.Lines(string(content[:min(len(content), maxField)])) {
		key, val, _ := strings.Cut(line, ":")
		switch val = strings.TrimSpace(val); key {
		case "PV":
			p.Version = val
		case "LICENSE":
			p.Licence = val
		}
	}
	if p.Name == "." || p.Name == "/" || p.Version == "" {
		return nil
	}
	return []Entry{p}
}
