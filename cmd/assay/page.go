package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/page"
	"github.com/assay-iot/assay/labels/verify"
	"github.com/assay-iot/assay/schema/scheme"
)

// pageFlags are one issuer, as "assay issuer page" is told of it, or a trust
// policy.
type pageFlags struct {
	trust                    string
	name, address, out, date string
	keys, schemes            []string
	prefixes, lists          []string
	languages                []string
	demo                     bool
}

func (p *program) pageCommand() *cobra.Command {
	var f pageFlags
	c := &cobra.Command{
		Use:   "page",
		Short: "Build the verifier for the browser: one HTML file that trusts your keys",
		Long: `Page builds one self-contained HTML file. Put it where the issuer's address leads, with
whatever path behind it: a phone that scans the QR code of a label opens it, and it checks
the label on the phone. It works as a file without a network too. It asks nothing but the
status lists given with --list; if these lie on another host, that host must allow it
(Access-Control-Allow-Origin).

With --trust it trusts the issuers of a trust policy, for what the policy allows them: their
keys while they are valid, their schemes, levels and products. It then asks the status lists
on each issuer's own host and in its status_lists, and those of --list. An issuer whose labels a page cannot judge
is left out, and that is said.`,
		Example: "  assay issuer page --trust trust.hcl --out verify.html\n  assay issuer page --name \"Example Body\" --address https://body.example/labels --key issuer.pub --scheme uk-psti --gtin-prefix 09506000 --list https://body.example/status/ --out verify.html",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			trust, err := p.pageTrust(f)
			if err != nil {
				return err
			}
			trust.Languages = f.languages
			for _, i := range trust.Issuers {
				for _, s := range i.Schemes {
					if _, known := trust.Names[s.ID]; !known && s.ID != "*" {
						p.unknownScheme(s.ID)
					}
				}
			}
			html, err := page.Build(trust)
			if err != nil {
				return badInput("see \"assay issuer page --help\"", "%w", err)
			}
			if err := writeFile(f.out, html, 0o644); err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.out, "%s  %d bytes; trusts %s, as of %s\n", f.out, len(html), trusting(trust.Issuers), trust.Date)
			return err
		},
	}
	c.Flags().StringVar(&f.trust, "trust", "", "trust policy `FILE` (trust.hcl), or a signed trust list: whom the page trusts, and for what")
	c.Flags().StringVar(&f.name, "name", "", "`NAME` of the issuer, for people")
	c.Flags().StringVar(&f.address, "address", "", "https `ADDRESS` of the issuer, as its labels have it")
	c.Flags().StringArrayVar(&f.keys, "key", nil, "public key `FILE` of the issuer; repeatable")
	c.Flags().BoolVar(&f.demo, "demo", false, "trust the published demo key: the page calls its labels a demonstration")
	c.Flags().StringArrayVar(&f.schemes, "scheme", nil, "scheme by which the issuer may label, `ID[=LEVEL]` with the highest level; repeatable (default: all, without a level)")
	c.Flags().StringArrayVar(&f.prefixes, "gtin-prefix", nil, "beginning of the 14-digit GTINs that it may label; repeatable (default: every product)")
	c.Flags().StringArrayVar(&f.lists, "list", nil, "beginning of the https `ADDRESS` of its status lists; repeatable (default: none is asked)")
	c.Flags().StringArrayVar(&f.languages, "language", nil, "`LANGUAGE` of the page: "+strings.Join(page.Languages(), ", ")+"; repeatable, each takes about 4 kB (default: all)")
	c.Flags().StringVar(&f.date, "as-of", "", "the `DATE` that the page shows (default: today)")
	c.Flags().StringVar(&f.out, "out", "verify.html", "write the page to this `FILE`")
	return c
}

// pageTrust makes of the flags whom the page trusts, and for what.
func (p *program) pageTrust(f pageFlags) (page.Trust, error) {
	day, err := p.asOf(f.date)
	if err != nil {
		return page.Trust{}, err
	}
	for _, l := range f.lists {
		if !labels.IsPlainAddress(l) {
			return page.Trust{}, badInput("give the beginning of their addresses: --list https://body.example/status/", "--list %q is not a plain https address", l)
		}
	}
	t := page.Trust{Date: day.Format(time.DateOnly)}
	if t.Names, err = schemeTitles(); err != nil {
		return t, err
	}
	if f.trust != "" {
		err = p.pageOfPolicy(&t, f)
		return t, err
	}
	i, err := pageIssuer(f)
	t.Issuers = []page.Issuer{i}
	return t, err
}

// schemeTitles are the titles of the schemes that the program knows.
func schemeTitles() (map[string]string, error) {
	all, err := scheme.Bundled()
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, s := range all.All() {
		names[s.ID] = s.Title
	}
	return names, nil
}

// pageIssuer makes of the flags whom the page trusts.
func pageIssuer(f pageFlags) (i page.Issuer, err error) {
	id, err := compact.IssuerAt(f.address)
	if err != nil {
		return i, badInput("give the issuer's address, as its labels have it: --address https://body.example/labels", "--address: %w", err)
	}
	i = page.Issuer{ID: id, Name: f.name, Prefixes: f.prefixes, Lists: f.lists}
	if len(f.prefixes) == 0 {
		i.Prefixes = []string{""}
	}
	if i.Keys, err = pageKeys(f); err != nil {
		return i, err
	}
	i.Schemes, err = pageSchemes(f.schemes)
	return i, err
}

func pageKeys(f pageFlags) ([]page.Key, error) {
	if len(f.keys) == 0 && !f.demo {
		return nil, badInput("give --key issuer.pub", "a page without a key trusts nobody")
	}
	var list []page.Key
	if f.demo {
		k, err := verify.ParseKey(demo.PublicKey)
		if err != nil {
			return nil, err
		}
		list = append(list, page.Key{Public: k.Public, Demo: true})
	}
	for _, name := range f.keys {
		data, err := readLimited(name, 64<<10)
		if err != nil {
			return nil, err
		}
		k, err := verify.ParseKey(data)
		if err != nil {
			return nil, badInput("give the issuer's public key (NAME.pub)", "--key %s: %w", name, err)
		}
		if k.ID == demo.KeyID {
			return nil, badInput("write --demo instead", "%s is the published demo key, which proves nothing", name)
		}
		list = append(list, page.Key{Public: k.Public})
	}
	return list, nil
}

func pageSchemes(given []string) ([]page.Scheme, error) {
	if len(given) == 0 {
		return []page.Scheme{{ID: "*"}}, nil
	}
	var list []page.Scheme
	for _, g := range given {
		id, text, found := strings.Cut(g, "=")
		level, err := strconv.Atoi(text)
		if found && (err != nil || level < 1) || id == "" {
			return nil, badInput("write --scheme sg-cls=3", "--scheme %q is no ID or ID=LEVEL", g)
		}
		list = append(list, page.Scheme{ID: id, Level: level})
	}
	return list, nil
}
