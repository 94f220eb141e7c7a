package trust

import "github.com/hashicorp/hcl/v2"

// The policy as it is written. Every attribute without "optional" must be there.

type fileBlock struct {
	Issuers   []issuerBlock  `hcl:"issuer,block"`
	Assessors []issuerBlock  `hcl:"assessor,block"`
	Sigstore  *sigstoreBlock `hcl:"sigstore,block"`
	Stampers  []stamperBlock `hcl:"timestamp_authority,block"`
	Logs      []logBlock     `hcl:"log,block"`
}

type issuerBlock struct {
	ID        string         `hcl:"id,label"`
	Display   string         `hcl:"display"`
	Address   string         `hcl:"address,optional"`
	Lists     []string       `hcl:"status_lists,optional"`
	Schemes   []string       `hcl:"schemes"`
	MaxLevel  int            `hcl:"max_level,optional"`
	Prefixes  []string       `hcl:"gtin_prefixes"`
	Assessors []string       `hcl:"assessors,optional"`
	Keys      []keyBlock     `hcl:"key,block"`
	Keyless   []keylessBlock `hcl:"keyless,block"`
	Require   requireBlock   `hcl:"require,block"`

	Range         hcl.Range `hcl:",def_range"`
	IDRange       hcl.Range `hcl:"id,label_range"`
	DisplayRange  hcl.Range `hcl:"display,attr_value_range"`
	AddressRange  hcl.Range `hcl:"address,attr_value_range"`
	ListsRange    hcl.Range `hcl:"status_lists,attr_value_range"`
	SchemesRange  hcl.Range `hcl:"schemes,attr_value_range"`
	LevelRange    hcl.Range `hcl:"max_level,attr_value_range"`
	PrefixesRange hcl.Range `hcl:"gtin_prefixes,attr_value_range"`
	AssessRange   hcl.Range `hcl:"assessors,attr_value_range"`
}

type keyBlock struct {
	Name      string `hcl:"name,label"`
	PublicKey string `hcl:"public_key"`
	NotBefore string `hcl:"not_before"`
	NotAfter  string `hcl:"not_after"`

	PublicRange hcl.Range `hcl:"public_key,attr_value_range"`
	FromRange   hcl.Range `hcl:"not_before,attr_value_range"`
	UntilRange  hcl.Range `hcl:"not_after,attr_value_range"`
}

type keylessBlock struct {
	Issuer       string `hcl:"issuer"`
	Workflow     string `hcl:"workflow"`
	Ref          string `hcl:"ref"`
	RepositoryID int64  `hcl:"repository_id"`
	OwnerID      int64  `hcl:"owner_id"`
	Trigger      string `hcl:"trigger"`

	Range         hcl.Range `hcl:",def_range"`
	IssuerRange   hcl.Range `hcl:"issuer,attr_value_range"`
	WorkflowRange hcl.Range `hcl:"workflow,attr_value_range"`
	RefRange      hcl.Range `hcl:"ref,attr_value_range"`
	RepoRange     hcl.Range `hcl:"repository_id,attr_value_range"`
	OwnerRange    hcl.Range `hcl:"owner_id,attr_value_range"`
	TriggerRange  hcl.Range `hcl:"trigger,attr_value_range"`
}

type requireBlock struct {
	Timestamp    int    `hcl:"timestamp"`
	Log          int    `hcl:"log"`
	StatusMaxAge string `hcl:"status_max_age"`

	StampRange  hcl.Range `hcl:"timestamp,attr_value_range"`
	LogRange    hcl.Range `hcl:"log,attr_value_range"`
	StatusRange hcl.Range `hcl:"status_max_age,attr_value_range"`
}

type sigstoreBlock struct {
	TrustedRoot string    `hcl:"trusted_root"`
	Range       hcl.Range `hcl:"trusted_root,attr_value_range"`
}

type logBlock struct {
	Origin string `hcl:"origin,label"`
	Key    string `hcl:"key"`

	Range    hcl.Range `hcl:"origin,label_range"`
	KeyRange hcl.Range `hcl:"key,attr_value_range"`
}

type stamperBlock struct {
	Name         string `hcl:"name,label"`
	Certificates string `hcl:"certificates"`
	NotBefore    string `hcl:"not_before"`
	NotAfter     string `hcl:"not_after"`

	Range      hcl.Range `hcl:",def_range"`
	CertRange  hcl.Range `hcl:"certificates,attr_value_range"`
	FromRange  hcl.Range `hcl:"not_before,attr_value_range"`
	UntilRange hcl.Range `hcl:"not_after,attr_value_range"`
}
