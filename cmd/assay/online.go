package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/checks/facts/repository"
	"github.com/assay-iot/assay/schema/product"
)

// github makes the client of the source repository. It is used only with
// --online; token and address come from the environment, as in GitHub Actions.
func (p *program) github() (*repository.Client, error) {
	return repository.NewClient(repository.Options{
		Token: p.getenv("GITHUB_TOKEN"), BaseURL: p.getenv("GITHUB_API_URL"),
	})
}

// askRepository supplies what GitHub says about the declared repository, or why
// it says nothing.
func (p *program) askRepository(ctx context.Context, declared *product.Product, into *facts.Observation) {
	if declared.Repository == "" {
		return
	}
	owner, name, err := repository.Parse(declared.Repository)
	var seen repository.Repository
	if err == nil {
		var client *repository.Client
		if client, err = p.github(); err == nil {
			seen, err = repository.Observe(ctx, client, owner, name)
		}
	}
	repository.Fact.Supply(into, seen, err)
}

// fetchRelease fetches the firmware that a release block names into the
// product's folder release/, and gives it to its firmware block.
func (p *program) fetchRelease(ctx context.Context, declared *product.Product) error {
	r := declared.Release
	if r == nil {
		return nil
	}
	where := checks.Place(r.Range)
	fw, err := releasedFirmware(declared)
	if err != nil {
		return badInput("write for = firmware.NAME in the release block", "%s: %w", where, err)
	}
	owner, name, err := repository.Parse(declared.Repository)
	if err != nil {
		return badInput("write repository = \"github.com/owner/name\" in the product block", "%s: release: %w", where, err)
	}
	digest, err := assay.ParseDigest(r.SHA256)
	if err != nil {
		return badInput("give the digest that the maker published", "%s: release: %w", where, err)
	}
	client, err := p.github()
	if err != nil {
		return err
	}
	folder := filepath.Join(declared.Dir, releaseFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	file, err := repository.FetchRelease(ctx, client, repository.Asset{
		Owner: owner, Name: name, Tag: r.Tag, Pattern: r.Asset, Digest: digest,
	}, folder)
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	fw.Image = releaseFolder + "/" + filepath.Base(file)
	return nil
}

// releaseFolder holds fetched firmware, inside the product's folder.
const releaseFolder = "release"

// releasedFirmware is the firmware block that the release is the image of.
func releasedFirmware(declared *product.Product) (*product.Firmware, error) {
	if declared.Release.For == nil {
		if len(declared.Firmwares) != 1 {
			return nil, fmt.Errorf("the release does not say which of %d firmware blocks it is the image of", len(declared.Firmwares))
		}
		return &declared.Firmwares[0], nil
	}
	for i := range declared.Firmwares {
		if declared.Firmwares[i].ID == declared.Release.For.Label() {
			return &declared.Firmwares[i], nil
		}
	}
	return nil, fmt.Errorf("there is no block %s", declared.Release.For.ID)
}
