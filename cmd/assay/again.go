package main

import (
	"encoding/json"
	"slices"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/schema/product"
)

// maxAssessment is the size in bytes of the largest assessment that is read.
const maxAssessment = 256 << 20

// storedAssessment reads an assessment whose facts are to be judged again.
func storedAssessment(name string, declared *product.Product) (*assay.Assessment, error) {
	data, err := readLimited(name, maxAssessment)
	if err != nil {
		return nil, err
	}
	again := "make one of this product: assay check --store-facts --format json=" + name
	var a assay.Assessment
	if err := json.Unmarshal(data, &a); err != nil || a.Format != assay.AssessmentFormat {
		return nil, badInput(again, "--from %s: not an assessment (%s)", name, assay.AssessmentFormat)
	}
	switch {
	case len(a.Facts) == 0:
		return nil, badInput(again, "--from %s: the assessment holds no facts", name)
	case a.Product.Declaration != declared.Digest:
		return nil, badInput("assess the image again: the facts were observed for the product files as they were",
			"--from %s: the assessment is of other product files", name)
	}
	return &a, nil
}

// restoreAll gives the images and parts of a stored assessment as if their images
// had just been observed. What the assessment does not hold, or what this version
// observes otherwise, is not known. With a new data set, what an older one said is
// left behind.
func restoreAll(stored *assay.Assessment, declared *product.Product, list []*checks.Check, newData bool) ([]assay.Image, []checks.Part, error) {
	nodes := needs(list)
	if newData {
		nodes = slices.DeleteFunc(nodes, ofData)
	}
	images := []assay.Image{}
	var parts []checks.Part
	for i := range declared.Firmwares {
		fw := &declared.Firmwares[i]
		at := slices.IndexFunc(stored.Images, func(img assay.Image) bool { return img.Firmware == fw.ID })
		if at < 0 {
			if fw.Image != "" {
				return nil, nil, badInput("assess with the image", "the assessment holds no firmware %q", fw.ID)
			}
			parts = append(parts, checks.Part{Firmware: fw})
			continue
		}
		img := stored.Images[at]
		if img.Version != fw.Version {
			return nil, nil, badInput("give the same --var as then", "the assessment is of version %s of firmware %q, not of %s", img.Version, fw.ID, fw.Version)
		}
		o, err := facts.Restore(factsOf(stored, fw.ID), img.Coverage, nodes...)
		if err != nil {
			return nil, nil, badInput("assess with the image", "the assessment is damaged: %w", err)
		}
		images, parts = append(images, img), append(parts, checks.Part{Firmware: fw, Observation: o, Digest: digestOfFile(img)})
	}
	return images, parts, nil
}

// digestOfFile is the digest of an image that was a file; a folder has none.
func digestOfFile(img assay.Image) assay.Digest {
	if len(img.Containers) > 0 && img.Containers[0].Type == "folder" {
		return ""
	}
	return img.Digest
}

// restoreWhole puts what was asked outside of an image back into an observation.
func restoreWhole(stored *assay.Assessment, list []*checks.Check) (*facts.Observation, error) {
	var nodes []facts.Node
	for _, c := range list {
		if !c.NeedsImage() {
			nodes = append(nodes, c.Needs...)
		}
	}
	o, err := facts.Restore(factsOf(stored, ""), assay.Coverage{}, nodes...)
	if err != nil {
		return nil, badInput("assess with the image", "the assessment is damaged: %w", err)
	}
	return o, nil
}

// factsOf gives the stored facts of one firmware, by their names.
func factsOf(stored *assay.Assessment, firmware string) map[string]assay.Stored {
	prefix := firmware + "/"
	own := map[string]assay.Stored{}
	for id, s := range stored.Facts {
		if len(id) > len(prefix) && id[:len(prefix)] == prefix {
			own[id[len(prefix):]] = s
		}
	}
	return own
}
