package facts

import (
	"slices"
	"strings"

	"github.com/assay-iot/assay/firmware"
)

// maxKernelInits bounds the programs that kernel command lines name.
const maxKernelInits = 16

// kernelInit finds the program that a kernel command line puts in the place of init.
var kernelInit = lazy(`(?:^|[\s"'=])(?:rd)?init=/([^\s"';]+)`)

// kernelInits lists the programs that the boot loader settings of the image name
// as init.
func kernelInits(set *TextSet) []string {
	var found []string
	for _, t := range set.All() {
		if !isLoaderFile(t.File.Name) && !isLoaderEnvironment(t.File) || !strings.Contains(t.Content, "init=") {
			continue
		}
		for line := range t.Lines() {
			s := strings.TrimSpace(line.Text)
			if strings.HasPrefix(s, "#") || strings.HasPrefix(s, ";") {
				continue
			}
			if m := kernelInit.Get().FindStringSubmatch(s); m != nil && !slices.Contains(found, m[1]) && len(found) < maxKernelInits {
				found = append(found, m[1])
			}
		}
	}
	return found
}

// otherInit follows a script that the kernel starts first where the root comes as
// an initramfs or an initrd, or where a command line names it: the image alone
// does not tell.
func (g *boot) otherInit(first initProgram) {
	for _, name := range append([]string{"init", "linuxrc"}, g.kernelInits...) {
		f, ok := g.root.Lookup(name)
		if !ok || f == first.file || f.Kind != firmware.Regular || !g.executable(f) {
			continue
		}
		if t, isText := g.texts.Of(f); isText {
			g.maybe(func() { g.followInit(initProgram{f, &t}) })
		}
	}
}
