// Package builds observes when and where an image was built, and what its making left
// behind: the days of kernels and boot loaders ([All]), the home folders of those who built
// programs ([Homes]), and files of development ([Leftovers]).
package builds

import (
	"time"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/wordsearch"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/internal/lazyregexp"
)

// Build is a kernel or boot loader that says when it was built.
type Build struct {
	Name     string         `json:"name"` // linux, u-boot
	Date     string         `json:"date"` // as 2006-01-02
	Location assay.Location `json:"location"`
}

// All are the days on which kernels and boot loaders were built, by what
// they print when they start. Dates that only stand for "no date", such as
// those of reproducible builds in 1970 and 1980, are left out.
var All = &facts.Scan[Build]{
	Name:  "builds",
	Doc:   "Days on which kernels and boot loaders were built, by their banners.",
	Want:  func(f *firmware.File) bool { return f.Size >= 64 },
	Words: bannerWords,
	Spot:  seeBanners,
}

var bannerWords = wordsearch.New([]string{"Linux version ", "U-Boot "})

var (
	linuxBuilt = lazyregexp.New(`^\d+\.\d+[^\x00\n]*? #\d+[^\x00\n]{0,60}? (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) +(\d{1,2}) \d\d:\d\d:\d\d (?:[A-Z]{2,5} )?(\d{4})`)
	ubootBuilt = lazyregexp.New(`^(?:SPL )?v?\d{4}\.\d\d[^\x00\n(]{0,80}\(([A-Z][a-z]{2}) +(\d{1,2}) (\d{4}) - `)
)

// maxBanners bounds what one file can say.
const maxBanners = 64

func seeBanners(f *firmware.File, content []byte, words wordsearch.Sights) []Build {
	if f.Kind == firmware.Regular && facts.IsText(content) {
		return nil
	}
	var all []Build
	seen := map[Build]bool{}
	words.Each(func(word, at int) bool {
		name, form, skip := "linux", linuxBuilt, len("Linux version ")
		if word == 1 {
			name, form, skip = "u-boot", ubootBuilt, len("U-Boot ")
		}
		window := content[at+skip : min(at+skip+600, len(content))]
		m := form.Get().FindSubmatch(window)
		if m == nil {
			return true
		}
		day, err := time.Parse("Jan 2 2006", string(m[1])+" "+string(m[2])+" "+string(m[3]))
		if err != nil || day.Year() < 1995 {
			return true
		}
		b := Build{Name: name, Date: day.Format(time.DateOnly)}
		if !seen[b] {
			seen[b] = true
			b.Location = facts.AtSpan(f, at, at+skip+len(m[0]))
			all = append(all, b)
		}
		return len(all) < maxBanners
	})
	return all
}
