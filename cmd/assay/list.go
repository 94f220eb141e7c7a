package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/firmware"
)

// listFormats are what --list writes.
var listFormats = []string{"table", "json"}

// listFiles writes every file of an image: its path, a line as of "ls -l", or all
// that is known.
func (p *program) listFiles(c *cobra.Command, image string, outputs []output, long bool) error {
	inJSON := slices.ContainsFunc(outputs, func(o output) bool { return o.kind == "json" })
	return p.opened(c, image, outputFolders(outputs), firmware.Options{NoDigest: !inJSON}, func(img *firmware.Image, _ firmware.Source) error {
		l := report.Listing{
			Format: report.FilesFormat, Tool: assay.Tool{Name: "assay", Version: version},
			Image: report.InspectedImage{Path: img.Name, Size: img.Size, Digest: assay.SHA256(img.Digest)},
		}
		for _, out := range outputs {
			err := p.write(out, func(w io.Writer) error {
				if out.kind == "json" {
					return report.Files(w, l, img.Files)
				}
				return report.FileLines(w, img.Files, long)
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
