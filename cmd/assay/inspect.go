package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/inventory"
	"github.com/assay-iot/assay/checks/signature"
	"github.com/assay-iot/assay/cmd/assay/internal/report"
	"github.com/assay-iot/assay/cmd/assay/internal/sandbox"
	"github.com/assay-iot/assay/cmd/assay/internal/sbom"
	"github.com/assay-iot/assay/firmware"
)

var inspectFormats = []string{"table", "json", "sarif", "cyclonedx", "spdx"}

func (p *program) inspectCommand() *cobra.Command {
	var asOf, cat, folder, picture, data string
	var formats, keyFiles, signatureFiles []string
	var list, long, profiled bool
	c := &cobra.Command{
		Use:   "inspect IMAGE",
		Short: "Open a firmware image, or an unpacked folder, and say what is in it",
		Long: `Inspect opens a firmware image without a product file: its containers, how much of
it could be examined, its components and services, and what every check says
that needs no declaration. It judges nothing as a whole and ends with 0 whenever
the inspection was done. A detached signature that lies beside the image is read
too, and named. The image "-" comes from standard input.

Most file systems have no checksum over what files hold: that a file is listed with
a digest does not say that it is as it was made. Only a signature does.`,
		Example: "  assay inspect router.bin\n  unxz < router.bin.xz | assay inspect -\n  assay inspect --list router.bin\n  assay inspect --list --long router.bin\n  assay inspect --list --format json=files.json router.bin\n  assay inspect --cat 'squashfs!etc/inittab' router.bin\n  assay inspect --extract out router.bin\n  assay inspect --map=layout.svg router.bin\n  assay inspect --format cyclonedx=router.cdx.json router.bin",
		Args:    oneArg,
		RunE: func(c *cobra.Command, args []string) error {
			kinds := inspectFormats
			if list {
				kinds = listFormats
			} else if long {
				return badInput("add --list", "--long is for --list")
			}
			outputs, err := parseFormats(formats, kinds)
			if err != nil {
				return err
			}
			written := append(paths(outputs), picture)
			if err := cmp.Or(notOverGiven(c, args, written...), notInImage(args[0], written...)); err != nil {
				return err
			}
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			keys, err := trusted(keyFiles)
			if err != nil {
				return err
			}
			if err := p.takeInput(args[0]); err != nil {
				return err
			}
			switch {
			case list:
				return p.listFiles(c, args[0], outputs, long)
			case cat != "":
				return p.catFile(c, args[0], cat)
			case folder != "":
				return p.extractFiles(c, args[0], folder)
			case picture != "":
				return p.drawLayout(c, args[0], picture)
			}
			beside, err := besideImage(args[0], signatureFiles)
			if err != nil {
				return err
			}
			for _, b := range beside {
				if err := notOver(filepath.Join(filepath.Dir(args[0]), b.Name), written...); b.Found && err != nil {
					return err
				}
			}
			lists, err := openOffline(data)
			if err != nil {
				return err
			}
			defer lists.close()
			p.dropRights(sandbox.Rights{Read: append([]string{args[0]}, dataFolders(data)...), Write: outputFolders(outputs)})
			in, o, err := p.inspect(c.Context(), args[0], beside, lists, checks.Subject{AsOf: day, Keys: keys}, profiled)
			if err != nil {
				return err
			}
			for _, out := range outputs {
				if err := p.writeInspection(out, in, o); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().StringVar(&asOf, "as-of", "", "the `DATE` that all dates are compared with (default: today)")
	c.Flags().StringArrayVar(&formats, "format", []string{"table"}, "output as `KIND[=PATH]`: table json sarif, or its bill of materials as cyclonedx or spdx; repeatable")
	c.Flags().StringArrayVar(&keyFiles, "key", nil, "public key or certificate `FILE` that signs the image; repeatable")
	c.Flags().StringVar(&data, "data", "", "look known vulnerabilities and compromised keys up in the offline data of this `FOLDER`; \"demo\" is a small set to try")
	c.Flags().StringArrayVar(&signatureFiles, "signature", nil, "detached signature `FILE` over the image; repeatable (default: what is called as the image with .asc, .minisig, .p7s, .sig or .sign behind it)")
	c.Flags().BoolVar(&list, "list", false, "print the path of every file, one to a line, and nothing else; a backslash in it is doubled, and what is not to be printed stands as \\u000a or \\xff. With --format json, all that is known of each")
	c.Flags().BoolVar(&long, "long", false, "with --list: mode, owner, size, time and link too, as by \"ls -ln\"")
	c.Flags().StringVar(&cat, "cat", "", "print the content of the file whose path is, or ends with, `PATH`")
	c.Flags().StringVar(&folder, "extract", "", "write the files of the image into `FOLDER`, which must be empty or not there")
	c.Flags().StringVar(&picture, "map", "", "show where what lies, with entropy; with =`FILE.svg` as a picture")
	c.Flags().Lookup("map").NoOptDefVal = onTerminal
	c.MarkFlagsMutuallyExclusive("list", "cat", "extract", "map")
	c.Flags().BoolVar(&profiled, "profile", false, "show how long each fact and check took, and with --format json add it to the run")
	return c
}

// trusted reads the key files.
func trusted(files []string) ([]signature.Key, error) {
	var all []signature.Key
	for _, file := range files {
		data, err := readLimited(file, 1<<20)
		if err != nil {
			return nil, badInput("give a file with a public key or certificate", "--key: %w", err)
		}
		keys, err := signature.ParseKeys(filepath.Base(file), data)
		switch {
		case errors.Is(err, signature.ErrPrivate):
			return nil, badInput("give the public key; keep the private one at home", "--key %s: %w", file, err)
		case err != nil:
			return nil, badInput("give a public key or certificate in PEM or DER, or a key of minisign, usign, OpenSSH or OpenPGP", "--key %s: %w", file, err)
		}
		all = append(all, keys...)
	}
	return all, nil
}

// inspect observes an image and asks every check that reads images. The caller
// has dropped the rights of the process.
func (p *program) inspect(ctx context.Context, image string, beside []firmware.Beside, lists offline, subject checks.Subject, profiled bool) (*report.Inspection, *facts.Observation, error) {
	var list []*checks.Check
	for _, check := range catalogue.Checks() {
		if check.NeedsImage() {
			list = append(list, check)
		}
	}
	started := time.Now()
	nodes := append(needs(list), inventory.Components, facts.Services, facts.Programs)
	opened := sources{program: p}
	defer opened.close()
	if profiled {
		ctx = facts.WithTimes(ctx)
	}
	o, err := opened.observe(ctx, image, beside, nodes)
	if err != nil {
		return nil, nil, sourceError(err)
	}
	lists.supply(o)
	observed := time.Since(started)
	started = time.Now()
	subject.Images = []checks.Part{{Observation: o}}
	results := checks.Assess(ctx, subject, list)
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	img := describe(o, nil)
	in := &report.Inspection{
		Format: report.InspectionFormat, Tool: assay.Tool{Name: "assay", Version: version},
		AsOf:  subject.AsOf.Format(time.DateOnly),
		Image: report.InspectedImage{Path: img.Path, Size: img.Size, Digest: img.Digest, Signatures: signatureNames(beside)}, Containers: img.Containers,
		Files: img.Files, Coverage: img.Coverage, Results: results, Run: report.ThisRun(p.state),
		Components: known(o, inventory.Components), Services: known(o, facts.Services),
	}
	if lists.set != nil {
		d := lists.set.Describe()
		in.Data = &d
	}
	if profiled {
		in.Run.Profile = report.NewProfile(observed, time.Since(started), facts.Times(o))
		if err := in.Run.Profile.Write(p.err); err != nil {
			return nil, nil, err
		}
	}
	return in, o, nil
}

// known gives the items of a fact; a fact that is not known shows as the reason
// of the checks that need it, and here as no items.
func known[T any](o *facts.Observation, f facts.Source[[]T]) []T {
	items, err := f.Of(o.For("inspect", []facts.Node{f}))
	if err != nil || items == nil {
		return []T{}
	}
	return items
}

func sourceError(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, firmware.ErrEmpty) || errors.Is(err, firmware.ErrNoFile) {
		return badInput("give a firmware image or an unpacked folder", "%w", err)
	}
	return err
}

func (p *program) writeInspection(out output, in *report.Inspection, o *facts.Observation) error {
	return p.write(out, func(w io.Writer) error {
		switch out.kind {
		case "json":
			return report.JSON(w, in)
		case "sarif":
			return report.SARIF(w, report.SARIFInput{
				Tool: in.Tool, Results: in.Results, Images: []assay.Image{describe(o, nil)},
				Checks: catalogue.Checks(), Default: assay.Location{Path: in.Image.Path},
			})
		case "cyclonedx":
			return sbom.CycloneDX(w, bill(in, o))
		case "spdx":
			return sbom.SPDX(w, bill(in, o))
		}
		return p.inspectionTable(w, in)
	})
}

// bill is what the bill of materials of an inspected image is made of.
func bill(in *report.Inspection, o *facts.Observation) sbom.Input {
	asOf, _ := assay.Date(in.AsOf) // it was written from a date
	return sbom.Input{
		Tool: in.Tool, AsOf: asOf, Image: in.Image.Path, Digest: in.Image.Digest,
		Components: in.Components, Programs: known(o, facts.Programs),
	}
}

func (p *program) inspectionTable(w io.Writer, in *report.Inspection) error {
	if err := report.Coverage(w, in.Image.Path, in.Coverage); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s, %d files\n", in.Image.Digest, in.Files)
	for _, name := range in.Image.Signatures {
		fmt.Fprintf(w, "with the signature %s\n", report.Clean(name))
	}
	fmt.Fprintln(w)
	if err := report.Containers(w, in.Containers); err != nil {
		return err
	}
	if err := report.Ranges(w, in.Coverage.Ranges, p.paint); err != nil {
		return err
	}
	if len(in.Components) > 0 {
		fmt.Fprintf(w, "\n%s\n", p.paint(bold, "Components"))
		for _, c := range in.Components {
			fmt.Fprintf(w, "  %-28s %-20s %s\n", report.Clean(c.Name), report.Clean(c.Version), p.paint(faint, c.Confidence))
		}
	}
	if len(in.Services) > 0 {
		fmt.Fprintf(w, "\n%s\n", p.paint(bold, "Services"))
		for _, s := range in.Services {
			state := "not started"
			if s.Started {
				state = "started"
			}
			fmt.Fprintf(w, "  %-28s %-12s %s\n", report.Clean(s.Name), state, p.paint(faint, report.Clean(s.Via)))
		}
	}
	if err := report.Results(w, in.Results, p.paint); err != nil {
		return err
	}
	if in.Data != nil {
		fmt.Fprintf(w, "\n%s\n", dataLine(*in.Data))
	}
	n := report.Tally(in.Results)
	_, err := fmt.Fprintf(w, "\n%d failed, %d passed, %d inconclusive, %d not applicable\n",
		n[assay.Fail], n[assay.Pass], n[assay.Inconclusive], n[assay.NotApplicable])
	return err
}
