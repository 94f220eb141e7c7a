package assay_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
)

// The rules of the arrows: which room may import which. A room that is not
// named here imports no other room at all.
var mayImport = map[string][]string{
	"":                           {},
	"internal/lazyregexp":        {},
	"internal/nearest":           {},
	"schema/product":             {"", "internal/lazyregexp", "internal/nearest"},
	"schema/scheme":              {"", "internal/lazyregexp", "internal/nearest"},
	"firmware":                   {},
	"checks/facts":               {"", "firmware", "checks/facts/elf", "checks/facts/hashes", "checks/facts/keys", "checks/facts/packages", "checks/facts/sqlite3", "checks/facts/wordsearch", "internal/lazyregexp"},
	"checks/facts/elf":           {},
	"checks/facts/hashes":        {"internal/lazyregexp"},
	"checks/facts/keys":          {"", "firmware"}, // firmware/openpgp
	"checks/facts/packages":      {"", "checks/facts/rpmdb"},
	"checks/facts/rpmdb":         {"checks/facts/sqlite3"},
	"checks/facts/sqlite3":       {},
	"checks/facts/wordsearch":    {},
	"checks/facts/advisories":    {"", "checks/facts", "checks/facts/inventory"},
	"checks/facts/builds":        {"", "firmware", "checks/facts", "checks/facts/elf", "checks/facts/wordsearch", "internal/lazyregexp"},
	"checks/facts/factstest":     {"firmware", "checks/facts"},
	"checks/facts/inventory":     {"", "firmware", "checks/facts", "checks/facts/elf", "checks/facts/packages", "checks/facts/rpmdb", "checks/facts/wordsearch", "internal/lazyregexp"},
	"checks/facts/kernel":        {"", "firmware", "checks/facts", "checks/facts/keys", "checks/facts/wordsearch", "internal/lazyregexp"},
	"checks/facts/knownkeys":     {"", "checks/facts", "checks/facts/keys", "checks/facts/signing"},
	"checks/facts/repository":    {"", "checks/facts", "internal/lazyregexp"},
	"checks/facts/residue":       {"", "firmware", "checks/facts", "checks/facts/sqlite3", "internal/lazyregexp"},
	"checks/facts/signing":       {"", "firmware", "checks/facts", "internal/lazyregexp"},
	"checks/facts/storages":      {"", "firmware", "checks/facts", "checks/facts/wordsearch", "internal/lazyregexp"},
	"checks/facts/weakkeys":      {"", "checks/facts", "checks/facts/keys", "checks/facts/signing"},
	"checks":                     {"", "firmware", "schema/product", "schema/scheme", "checks/facts", "checks/facts/advisories", "checks/facts/builds", "checks/facts/hashes", "checks/facts/inventory", "checks/facts/kernel", "checks/facts/knownkeys", "checks/facts/repository", "checks/facts/residue", "checks/facts/signing", "checks/facts/storages", "checks/facts/weakkeys", "checks/publishedkeys", "internal/lazyregexp"},
	"checks/publishedkeys":       {""},
	"labels":                     {"", "labels/cose", "labels/compact", "labels/picture"},
	"labels/cose":                {},
	"labels/compact":             {"", "labels", "labels/cose"},
	"labels/photo":               {},
	"labels/status":              {"", "labels", "labels/cose", "labels/compact"},
	"labels/page":                {"", "labels", "labels/cose", "labels/compact"},
	"labels/sigstore":            {"", "labels", "labels/verify"},
	"labels/sign/keyless":        {"", "labels", "labels/verify", "labels/sigstore"},
	"labels/labeltest/authority": {"", "labels", "labels/sign/keyless", "labels/verify"},
	"labels/log":                 {},
	"labels/trust":               {"", "labels", "labels/compact", "labels/log", "labels/verify"},
	"labels/picture":             {"", "labels", "labels/compact"},
	"labels/verify":              {"", "labels", "labels/cose", "labels/compact", "labels/log", "labels/status"},
	"examples":                   {"firmware"},
	"cmd":                        {"", "firmware", "schema/product", "schema/scheme", "checks/facts", "checks/facts/advisories", "checks/facts/inventory", "checks/facts/knownkeys", "checks/facts/repository", "checks", "labels", "labels/compact", "labels/log", "labels/page", "labels/photo", "labels/picture", "labels/sign/keyless", "labels/sigstore", "labels/status", "labels/trust", "labels/verify"},
}

// Rooms that others import alone, or that must stay small, take few modules
// from elsewhere. A prefix stands for all packages below it.
var mayTake = map[string][]string{
	"internal/lazyregexp": {},
	"internal/nearest":    {"github.com/agext/levenshtein"},
	"":                    {},
	"firmware": { // decompressors
		"github.com/klauspost/compress/", "github.com/mikelolasagasti/xz", "github.com/ulikunitz/xz",
		"github.com/pierrec/lz4/", "github.com/anchore/go-lzo", "github.com/andybalholm/brotli",
		"golang.org/x/crypto/blake2b", // of minisign
	},
	"checks/facts/elf":        {},
	"checks/facts/hashes":     {"github.com/go-crypt/x/", "golang.org/x/crypto/bcrypt", "golang.org/x/crypto/md4", "golang.org/x/crypto/scrypt"},
	"checks/facts/keys":       {"golang.org/x/crypto/ssh", "golang.org/x/crypto/blake2b"}, // of minisign
	"checks/facts/rpmdb":      {},
	"checks/facts/sqlite3":    {},
	"checks/facts/wordsearch": {},
	"schema/product":          {"github.com/hashicorp/hcl/", "github.com/zclconf/go-cty/", "golang.org/x/text/"},
	"schema/scheme":           {"github.com/hashicorp/hcl/", "github.com/zclconf/go-cty/"},
	"labels/cose":             {"github.com/fxamacker/cbor/"},
	"labels/compact":          {},
	"labels/status":           {},
	"labels/log":              {"golang.org/x/mod/sumdb/", "github.com/transparency-dev/", "k8s.io/klog/"},
	"labels/photo":            {"github.com/makiuchi-d/gozxing/"},
	"labels/picture":          {"golang.org/x/text/", "golang.org/x/image/", "github.com/go-fonts/dejavu/", "rsc.io/qr/"},
	"labels/verify":           {"golang.org/x/text/"},
}

// The checks of one principle do not use those of another: what two of them need lies
// in a room beside them.
func TestPrinciplesApart(t *testing.T) {
	const checks = "github.com/assay-iot/assay/checks/"
	var principles []string
	for _, p := range assay.Principles() {
		principles = append(principles, string(p))
	}
	for _, own := range principles {
		for _, line := range list(t, `{{.ImportPath}} {{join .Imports " "}}`, "./checks/"+own) {
			for _, imp := range strings.Fields(line)[1:] {
				if other, ok := strings.CutPrefix(imp, checks); ok && other != own && slices.Contains(principles, other) {
					t.Errorf("checks of %s use those of %s", own, other)
				}
			}
		}
	}
}

func TestModules(t *testing.T) {
	for _, line := range list(t, `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		pkg, imports, _ := strings.Cut(line, " ")
		taken, limited := mayTake[room(pkg)]
		if !limited {
			continue
		}
		for imp := range strings.FieldsSeq(imports) {
			first, _, _ := strings.Cut(imp, "/")
			if !strings.Contains(first, ".") || imp == module || strings.HasPrefix(imp, module+"/") {
				continue
			}
			if !slices.ContainsFunc(taken, func(prefix string) bool { return strings.HasPrefix(imp+"/", strings.TrimSuffix(prefix, "/")+"/") }) {
				t.Errorf("%s imports %s: the room %q does not take that", pkg, imp, room(pkg))
			}
		}
	}
}

const module = "github.com/assay-iot/assay"

// room finds the longest room that a package path lies in.
func room(pkg string) string {
	path := strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/")
	for at := path; at != ""; {
		if _, ok := mayImport[at]; ok {
			return at
		}
		i := strings.LastIndex(at, "/")
		if i < 0 {
			return at
		}
		at = at[:i]
	}
	return ""
}

func list(t *testing.T, format string, args ...string) []string {
	t.Helper()
	out, err := exec.Command("go", append([]string{"list", "-f", format}, args...)...).Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

func TestArrows(t *testing.T) {
	for _, line := range list(t, `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		pkg, imports, _ := strings.Cut(line, " ")
		from := room(pkg)
		allowed, known := mayImport[from]
		if !known {
			t.Errorf("%s: the room %q is not on the plan", pkg, from)
			continue
		}
		for imp := range strings.FieldsSeq(imports) {
			if imp != module && !strings.HasPrefix(imp, module+"/") {
				if from == "" && strings.Contains(strings.Split(imp, "/")[0], ".") {
					t.Errorf("the root package imports %s: only the standard library is allowed", imp)
				}
				continue
			}
			to := room(imp)
			ok := to == from
			for _, a := range allowed {
				ok = ok || a == to
			}
			if !ok {
				t.Errorf("%s imports %s: %q may not import %q", pkg, imp, from, to)
			}
			if strings.HasPrefix(to, "cmd") && !strings.HasPrefix(from, "cmd") {
				t.Errorf("%s imports %s: nothing imports cmd", pkg, imp)
			}
		}
	}
}

// A verifier must stay small: it links no firmware reader, no check and no PDF
// writer.
func TestVerifierIsSmall(t *testing.T) {
	for _, dep := range list(t, `{{join .Deps "\n"}}`, "./labels/verify") {
		for _, heavy := range []string{module + "/firmware", module + "/checks", module + "/schema", "github.com/jung-kurt/gofpdf", "github.com/sigstore/sigstore-go"} {
			if dep == heavy || strings.HasPrefix(dep, heavy+"/") {
				t.Errorf("labels/verify links %s", dep)
			}
		}
	}
}

// No room is a drawer for everything.
func TestNames(t *testing.T) {
	for _, pkg := range list(t, "{{.ImportPath}}", "./...") {
		for part := range strings.SplitSeq(pkg, "/") {
			switch part {
			case "util", "utils", "common", "types", "pkg", "helpers", "misc":
				t.Errorf("%s: no room may be named %q", pkg, part)
			}
		}
	}
}
