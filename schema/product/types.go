// Package product is the product language: what a manufacturer writes about a
// product in HCL, and the types that hold it.
//
// A folder is a product: all its *.hcl and *.hcl.json files are read together.
// The Go types in this package are the one source of the language; the
// reference page, the JSON Schema and the templates of "assay init" are made
// from them and their tags:
//
//   - doc: one sentence for the reference page
//   - enum: the values allowed, separated by spaces
//   - format: the form that a text has, by a name listed in formats.go
//   - ref: the kinds of block that a reference may point at
//   - repeat: several blocks may share a label
//   - principle: which of the nine principles a block speaks to
//
// The file only declares. Whether a declaration holds is for the checks.
package product

import (
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"

	"github.com/assay-iot/assay"
)

// Date is a day, written YYYY-MM-DD. Load has checked it.
type Date string

// Time gives the day's start in UTC; zero if the date is empty.
func (d Date) Time() time.Time {
	t, _ := assay.Date(string(d))
	return t
}

// Duration is a length of time, written "24h", "30d" or "5y". Load has checked it.
type Duration string

// Ref points at another block, as key.release or data.video.
type Ref struct {
	ID string `cty:"id"` // "key.release"
}

// Kind is the block type that the reference points at: "key".
func (r Ref) Kind() string { k, _, _ := strings.Cut(r.ID, "."); return k }

// Label is the label of the block that it points at: "release".
func (r Ref) Label() string { _, l, _ := strings.Cut(r.ID, "."); return l }

// file is everything that the files of a folder may hold together.
type file struct {
	SchemaVersion int            `hcl:"schema_version" doc:"Version of the language; 1. It stands in exactly one file of the folder."`
	Variables     []variable     `hcl:"variable,block" doc:"A value that is set from outside, as by assay check --var version=2.4.1."`
	Manufacturers []Manufacturer `hcl:"manufacturer,block" doc:"Who makes the product. With one in the folder it is implied."`
	Keys          []Key          `hcl:"key,block" principle:"updates" doc:"A public key that signs something of the product. With one in the folder it is implied."`
	Products      []Product      `hcl:"product,block" doc:"The product. There is exactly one in a folder."`
}

// variable is a value that is set from outside.
type variable struct {
	ID          string         `hcl:"id,label"`
	Default     hcl.Expression `hcl:"default,optional" doc:"Value if none is given: a text, a number, true or false. Without it the variable must be set."`
	Description string         `hcl:"description,optional" doc:"What it is for."`

	Range hcl.Range `hcl:",def_range"`
}

// Product is a whole declaration after Load: the product's block, with the
// manufacturer and keys that it refers to.
type Product struct {
	ID         string   `hcl:"id,label"`
	Name       string   `hcl:"name" doc:"Name as the buyer sees it."`
	Models     []string `hcl:"models" doc:"Model designations, as printed on the device."`
	Category   string   `hcl:"category,optional" doc:"What kind of device it is, in a word: camera, light, router."`
	FirstSold  Date     `hcl:"first_sold,optional" doc:"Day on which the product was first placed on the market."`
	Repository string   `hcl:"repository,optional" format:"repository" doc:"Source repository, as github.com/owner/name."`
	GTIN       string   `hcl:"gtin,optional" format:"gtin" doc:"GTIN of the product, 8 to 14 digits."`
	Maker      *Ref     `hcl:"manufacturer,optional" ref:"manufacturer" doc:"The manufacturer; implied if the folder declares only one."`

	Targets     []Target     `hcl:"target,block" repeat:"true" doc:"A scheme that the product shall be judged by."`
	Firmwares   []Firmware   `hcl:"firmware,block" doc:"A firmware image of the product."`
	Apps        []App        `hcl:"app,block" doc:"An app that belongs to the product."`
	Clouds      []Cloud      `hcl:"cloud,block" doc:"An associated service that the product talks to."`
	Support     *Support     `hcl:"support,block" principle:"support" doc:"How long security updates come."`
	Update      *Update      `hcl:"update,block" principle:"updates" doc:"How updates get in securely."`
	Credentials []Credential `hcl:"credential,block" principle:"credentials" doc:"A password, code, key or certificate that opens something."`
	Interfaces  []Interface  `hcl:"interface,block" principle:"communication" doc:"A network, radio or physical interface."`
	Connections []Connection `hcl:"connection,block" principle:"communication" doc:"A connection that the product opens."`
	Storages    []Storage    `hcl:"storage,block" principle:"storage" doc:"A place where the product keeps data."`
	Data        []Data       `hcl:"data,block" principle:"personaldata" doc:"A kind of data that the product processes."`
	Sensors     []Sensor     `hcl:"sensor,block" principle:"personaldata" doc:"Something that the product senses, or declares not to have."`
	Recipients  []Recipient  `hcl:"recipient,block" principle:"personaldata" doc:"Who receives data from the product."`
	Deletion    *Deletion    `hcl:"deletion,block" principle:"deletion" doc:"How users erase their data."`
	Lifecycle   *Lifecycle   `hcl:"lifecycle,block" principle:"lifecycle" doc:"What keeps the product secure over its life."`
	Risk        *Risk        `hcl:"risk_assessment,block" principle:"lifecycle" doc:"The risk assessment document."`
	Evidence    []Evidence   `hcl:"evidence,block" principle:"lifecycle" doc:"A document that supports requirements which no tool can see."`
	Unmet       []Unmet      `hcl:"unmet,block" doc:"A recommendation that is not followed, with its reason."`
	Exceptions  []Exception  `hcl:"exception,block" repeat:"true" doc:"Marks a finding with a reason; never changes a verdict."`
	Label       *Label       `hcl:"label,block" doc:"How the label is to look."`
	Release     *Release     `hcl:"release,block" doc:"Where firmware images are fetched from with --online."`

	Range hcl.Range `hcl:",def_range"`

	// Filled in by Load, not written inside the block.
	Manufacturer *Manufacturer // nil if none is declared
	Keys         []Key
	Dir          string              // the folder, as given
	Digest       assay.Digest        // of the product files, by name and content
	Documents    map[string]Document // every file that the product names, but firmware images, by path as written
}

// Document is a file that the product names, or that file() read. Load has read
// it inside the product's folder; Err says why it could not.
type Document struct {
	Path   string
	Digest assay.Digest
	Data   []byte
	Err    error
}

// Manufacturer is who makes the product, shared by all of a vendor's products.
type Manufacturer struct {
	ID      string `hcl:"id,label"`
	Name    string `hcl:"name" doc:"Legal name."`
	Address string `hcl:"address,optional" doc:"Postal address."`
	Country string `hcl:"country,optional" format:"country" doc:"Country, two letters (ISO 3166-1)."`
	Website string `hcl:"website,optional" format:"https" doc:"Address of the web site."`
	Contact string `hcl:"contact,optional" format:"contact" doc:"How customers reach the maker: mailto:, tel: or https:."`

	Disclosure *Disclosure `hcl:"vulnerability_disclosure,block" principle:"disclosure" doc:"The policy for reported vulnerabilities."`
	Process    *Process    `hcl:"process,block" principle:"lifecycle" doc:"How the maker builds and maintains."`

	Range hcl.Range `hcl:",def_range"`
}

// Disclosure is the policy for reported vulnerabilities.
type Disclosure struct {
	Policy      string   `hcl:"policy,optional" format:"https" doc:"Address of the published policy."`
	Contacts    []string `hcl:"contacts,optional" format:"contact" doc:"Where reports go: mailto: or https:."`
	SecurityTxt string   `hcl:"security_txt,optional" format:"https" doc:"Address of security.txt (RFC 9116)."`
	Acknowledge Duration `hcl:"acknowledge,optional" doc:"Within what time a report is acknowledged."`
	StatusEvery Duration `hcl:"status_every,optional" doc:"How often the reporter hears of progress."`
	Advisories  string   `hcl:"advisories,optional" format:"https" doc:"Address of published advisories, such as CSAF provider metadata."`

	Range            hcl.Range `hcl:",def_range"`
	PolicyRange      hcl.Range `hcl:"policy,attr_range"`
	ContactsRange    hcl.Range `hcl:"contacts,attr_range"`
	AcknowledgeRange hcl.Range `hcl:"acknowledge,attr_range"`
	StatusEveryRange hcl.Range `hcl:"status_every,attr_range"`
}

// Process is how the maker builds and maintains.
type Process struct {
	SecureDevelopment string `hcl:"secure_development,optional" doc:"The secure development process followed, with edition or level."`
	IncidentResponse  string `hcl:"incident_response,optional" format:"https" doc:"Address of the incident response plan's public part."`
	ComponentScan     string `hcl:"component_scan,optional" enum:"daily weekly monthly at-release none" doc:"How often components are compared with known vulnerabilities."`

	Range hcl.Range `hcl:",def_range"`
}

// Key is a public key that signs something of the product.
type Key struct {
	ID        string   `hcl:"id,label"`
	Algorithm string   `hcl:"algorithm,optional" enum:"ed25519 ecdsa-p256 ecdsa-p384 ecdsa-p521 rsa-2048 rsa-3072 rsa-4096" doc:"What kind of key it is; found from the key if left out."`
	Public    string   `hcl:"public" format:"public-key" doc:"The public key or certificate, as file(\"keys/release.pub\"): PEM, or a minisign, usign, OpenSSH or OpenPGP key."`
	Custody   string   `hcl:"custody,optional" enum:"hsm kms smartcard file unknown" doc:"Where the private half is kept."`
	Uses      []string `hcl:"uses,optional" enum:"firmware update-manifest tls sbom" doc:"What it signs."`
	NotBefore Date     `hcl:"not_before,optional" doc:"First day of use."`
	NotAfter  Date     `hcl:"not_after,optional" doc:"Last day of use."`

	Range hcl.Range `hcl:",def_range"`
}

// Target is a scheme that the product shall be judged by.
type Target struct {
	Scheme  string `hcl:"scheme,label" format:"scheme" doc:"Id of the scheme, as uk-psti."`
	Edition string `hcl:"edition,optional" doc:"Edition, if not the one in force at the as-of date."`
	Level   int    `hcl:"level,optional" doc:"Level, in schemes that have levels."`

	Range        hcl.Range `hcl:",def_range"`
	EditionRange hcl.Range `hcl:"edition,attr_value_range"`
	LevelRange   hcl.Range `hcl:"level,attr_value_range"`
}

// Firmware is one image of the product.
type Firmware struct {
	ID         string   `hcl:"id,label"`
	Version    string   `hcl:"version" doc:"Version of the firmware."`
	Minimum    string   `hcl:"minimum,optional" doc:"Lowest version that is still supported."`
	Image      string   `hcl:"image,optional" format:"image" doc:"Path of the image file or unpacked folder, inside the product's folder."`
	Signature  string   `hcl:"signature,optional" format:"path" doc:"Path of a detached signature over the bytes of the image: OpenPGP, CMS, minisign, signify, usign, OpenSSH, or a bare one of RSA, ECDSA or Ed25519."`
	SBOM       string   `hcl:"sbom,optional" format:"path" doc:"Path of the software bill of materials (CycloneDX or SPDX, JSON)."`
	VEX        []string `hcl:"vex,optional" format:"path" doc:"Paths of VEX documents (OpenVEX or CycloneDX)."`
	Provenance string   `hcl:"provenance,optional" format:"path" doc:"Path of build provenance (in-toto), which must be of this image."`
	Supplier   string   `hcl:"supplier,optional" doc:"Who supplied it, if not the manufacturer."`
	Opaque     bool     `hcl:"opaque,optional" doc:"The image cannot be examined; needs supplier, and should have a reason. The label says so."`
	Reason     string   `hcl:"reason,optional" doc:"Why the image cannot be examined."`

	Hidden []OpaqueRange `hcl:"opaque_range,block" doc:"A part of the image that cannot be examined. The label says so. It counts bytes of the image: what lies in a container there, as a file in a file system, stays not examined."`

	Range      hcl.Range `hcl:",def_range"`
	ImageRange hcl.Range `hcl:"image,attr_range"`
	SBOMRange  hcl.Range `hcl:"sbom,attr_range"`
	VEXRange   hcl.Range `hcl:"vex,attr_range"`
}

// OpaqueRange is a part of an image that the maker declares unreadable.
type OpaqueRange struct {
	Name     string `hcl:"name,label"`
	Offset   int64  `hcl:"offset" doc:"First byte, counted from the start of the image."`
	Length   int64  `hcl:"length" format:"positive" doc:"Number of bytes."`
	Supplier string `hcl:"supplier" doc:"Who supplied it."`
	Reason   string `hcl:"reason" doc:"Why it cannot be examined."`

	Range hcl.Range `hcl:",def_range"`
}

// Release names a GitHub release whose assets are firmware images.
type Release struct {
	Tag    string `hcl:"tag" doc:"Tag of the release."`
	Asset  string `hcl:"asset" doc:"Name of the asset; * stands for anything."`
	SHA256 string `hcl:"sha256" format:"sha256" doc:"SHA-256 of the asset, hexadecimal."`
	For    *Ref   `hcl:"for,optional" ref:"firmware" doc:"The firmware block that the asset is the image of; implied if there is one."`

	Range hcl.Range `hcl:",def_range"`
}

// App belongs to the product and is declared only.
type App struct {
	ID      string    `hcl:"name,label"`
	Package string    `hcl:"id,optional" doc:"Id of the app in its store."`
	Version string    `hcl:"version,optional" doc:"Version."`
	Store   string    `hcl:"store,optional" format:"https" doc:"Address in the store."`
	Range   hcl.Range `hcl:",def_range"`
}

// Cloud is an associated service.
type Cloud struct {
	ID       string    `hcl:"id,label"`
	Hosts    []string  `hcl:"hosts" format:"host" doc:"Host names that the product contacts."`
	Regions  []string  `hcl:"regions,optional" doc:"Where the data lie."`
	Operator string    `hcl:"operator,optional" doc:"Who runs it."`
	AfterEnd string    `hcl:"after_end,optional" doc:"What still works when the service ends."`
	Range    hcl.Range `hcl:",def_range"`
}

// Support says how long security updates come.
type Support struct {
	Until  Date   `hcl:"until,optional" doc:"Last day of the support period."`
	Notice string `hcl:"notice,optional" format:"https" doc:"Address where the period is published."`
	After  string `hcl:"after,optional" doc:"What still works after the end."`

	Range      hcl.Range `hcl:",def_range"`
	UntilRange hcl.Range `hcl:"until,attr_range"`
}

// Update says how updates get in securely.
type Update struct {
	Mechanism          string   `hcl:"mechanism,optional" enum:"opkg apk apt rpm rauc swupdate mender fwup fwupd ostree aktualizr balena sysupgrade android-ota esp-ota mcuboot own none" doc:"The updater."`
	Automatic          *bool    `hcl:"automatic,optional" doc:"Updates install without the user doing anything."`
	Postpone           Duration `hcl:"postpone,optional" doc:"How long the user can put one off."`
	Layout             string   `hcl:"layout,optional" enum:"a-b single recovery package" doc:"Where an update is written."`
	SignedBy           []Ref    `hcl:"signed_by,optional" ref:"key" doc:"Keys whose signature the device demands; implied if the folder declares only one."`
	RollbackProtection *bool    `hcl:"rollback_protection,optional" doc:"Older versions are refused."`
	CheckEvery         Duration `hcl:"check_every,optional" doc:"How often the device looks for updates."`
	From               *Ref     `hcl:"from,optional" ref:"cloud" doc:"The cloud block that serves updates."`
	Offline            string   `hcl:"offline,optional" doc:"How to update without internet."`
	Notify             []string `hcl:"notify,optional" doc:"How the user learns of an update."`

	Range          hcl.Range `hcl:",def_range"`
	MechanismRange hcl.Range `hcl:"mechanism,attr_range"`
}

// Credential opens something.
type Credential struct {
	ID        string `hcl:"id,label"`
	Kind      string `hcl:"kind,optional" enum:"password code key x509 token psk" doc:"What it is."`
	Initial   string `hcl:"initial,optional" enum:"unique-per-device user-set none fixed" doc:"How it starts its life."`
	Account   string `hcl:"account,optional" doc:"The account on the device that it opens, such as root or admin."`
	MinLength int    `hcl:"min_length,optional" doc:"Least length in characters."`
	Lockout   string `hcl:"lockout,optional" format:"lockout" doc:"Limit on repeated tries, as \"5 in 15m\"."`
	StoredAs  string `hcl:"stored_as,optional" doc:"How the device stores it."`
	Scheme    string `hcl:"scheme,optional" doc:"How a unique one is made."`

	Range        hcl.Range `hcl:",def_range"`
	InitialRange hcl.Range `hcl:"initial,attr_range"`
}

// Interface is a network, radio or physical interface.
type Interface struct {
	ID      string `hcl:"id,label"`
	Kind    string `hcl:"kind,optional" enum:"network radio debug usb serial other" doc:"What it is; found from the label where that is well known."`
	Enabled *bool  `hcl:"enabled,optional" doc:"Whether it is on as sold; true if left out."`
	Closed  string `hcl:"closed,optional" doc:"How a debug interface is closed."`

	Services []Service `hcl:"service,block" doc:"A service that listens on the interface."`

	Range hcl.Range `hcl:",def_range"`
}

// Service listens on an interface.
type Service struct {
	ID       string `hcl:"id,label"`
	Port     int    `hcl:"port,optional" format:"port" doc:"Port number."`
	Protocol string `hcl:"protocol,optional" enum:"tcp udp" doc:"tcp if left out."`
	TLS      string `hcl:"tls,optional" enum:"1.2 1.3 none" doc:"Least TLS version; none if it has no TLS."`
	Login    *Ref   `hcl:"login,optional" ref:"credential" doc:"The credential that it asks for."`
	Default  string `hcl:"default,optional" enum:"on off" doc:"Whether it runs as sold; on if left out."`
	Reason   string `hcl:"reason,optional" doc:"Why it is there, or why it needs no TLS or login."`

	Range hcl.Range `hcl:",def_range"`
}

// Connection is opened by the product.
type Connection struct {
	ID       string   `hcl:"id,label"`
	To       *Ref     `hcl:"to,optional" ref:"cloud lan internet" doc:"A cloud block, or lan or internet."`
	Protocol string   `hcl:"protocol,optional" doc:"Such as https or mqtt."`
	TLS      string   `hcl:"tls,optional" enum:"1.2 1.3 none" doc:"Least TLS version."`
	Identity *Ref     `hcl:"identity,optional" ref:"credential" doc:"The credential by which the device proves itself."`
	Trusts   []string `hcl:"trusts,optional" format:"path" doc:"Paths of root certificates that it trusts."`
	Carries  []Ref    `hcl:"carries,optional" ref:"data" doc:"Data that it carries."`

	Range hcl.Range `hcl:",def_range"`
}

// Storage is a place where the product keeps data.
type Storage struct {
	ID         string `hcl:"id,label"`
	At         string `hcl:"at,optional" doc:"Path on the device."`
	Holds      []Ref  `hcl:"holds,optional" ref:"credential data" doc:"Credentials and data that lie there."`
	Protection string `hcl:"protection,optional" enum:"none file-mode encrypted tee secure-element" doc:"How it is protected."`

	Range hcl.Range `hcl:",def_range"`
}

// Data is a kind of data that the product processes.
type Data struct {
	ID        string   `hcl:"id,label"`
	Personal  *bool    `hcl:"personal,optional" doc:"It tells something about a person."`
	Sensitive *bool    `hcl:"sensitive,optional" doc:"It is sensitive: video, sound, location, health."`
	Purpose   string   `hcl:"purpose,optional" doc:"What it is for, to the user."`
	Kept      Duration `hcl:"kept,optional" doc:"How long it is kept."`
	Where     []string `hcl:"where,optional" enum:"device app cloud" doc:"Where it lies."`
	Default   string   `hcl:"default,optional" enum:"on off" doc:"Whether it is collected as sold."`

	Range hcl.Range `hcl:",def_range"`
}

// Sensor senses something, or is declared absent.
type Sensor struct {
	ID      string   `hcl:"id,label"`
	Present *bool    `hcl:"present,optional" doc:"false declares that there is none; true if left out."`
	Senses  []string `hcl:"senses,optional" doc:"What it senses."`
	Shown   string   `hcl:"shown,optional" doc:"How people see that it is on."`

	Range hcl.Range `hcl:",def_range"`
}

// Recipient receives data from the product.
type Recipient struct {
	ID      string `hcl:"id,label"`
	Host    string `hcl:"host,optional" format:"host" doc:"Host name; *.example.com covers all below it."`
	Gets    []Ref  `hcl:"gets,optional" ref:"data" doc:"Data that it gets."`
	Purpose string `hcl:"purpose,optional" doc:"What for."`

	Range hcl.Range `hcl:",def_range"`
}

// Deletion is how users erase their data.
type Deletion struct {
	Device       string   `hcl:"device,optional" doc:"How to erase the device."`
	App          string   `hcl:"app,optional" doc:"How to erase in the app."`
	Account      string   `hcl:"account,optional" format:"contact" doc:"Address for deleting the account."`
	CloudWithin  Duration `hcl:"cloud_within,optional" doc:"Within what time services erase."`
	Confirmation string   `hcl:"confirmation,optional" doc:"How the user learns that it is done."`
	Instructions string   `hcl:"instructions,optional" format:"https" doc:"Address of the instructions."`
	Erases       []string `hcl:"erases,optional" doc:"Paths on the device that a reset wipes."`

	Range hcl.Range `hcl:",def_range"`
}

// Lifecycle is what keeps the product secure over its life.
type Lifecycle struct {
	SecureBoot   string   `hcl:"secure_boot,optional" enum:"rom-verified bootloader-verified none" doc:"What verifies the software at start."`
	Monitoring   []string `hcl:"monitoring,optional" doc:"What the product reports of its own security."`
	TelemetryUse string   `hcl:"telemetry_use,optional" doc:"What telemetry is examined for."`

	Range hcl.Range `hcl:",def_range"`
}

// Risk is the risk assessment document.
type Risk struct {
	File   string `hcl:"file,optional" format:"path" doc:"Path of the document."`
	Method string `hcl:"method,optional" doc:"Method followed."`
	Date   Date   `hcl:"date,optional" doc:"Day of the document."`
	SHA256 string `hcl:"sha256,optional" format:"sha256" doc:"SHA-256 of the document, hexadecimal."`

	Version string `hcl:"version,optional" doc:"Version of the first firmware that it was made for; the next major version needs a new one."`

	Range hcl.Range `hcl:",def_range"`
}

// Evidence is a document that supports requirements which no tool can see.
type Evidence struct {
	ID           string   `hcl:"id,label"`
	File         string   `hcl:"file,optional" format:"path" doc:"Path of the document."`
	Kind         string   `hcl:"kind,optional" enum:"penetration-test code-review fuzzing static-analysis audit test-report certificate other" doc:"What it is."`
	Covers       []string `hcl:"covers,optional" format:"requirement" doc:"Requirements it supports, as scheme:requirement."`
	By           string   `hcl:"by,optional" doc:"Who made it."`
	Date         Date     `hcl:"date,optional" doc:"Day of the document."`
	SHA256       string   `hcl:"sha256,optional" format:"sha256" doc:"SHA-256 of the document, hexadecimal."`
	Confidential bool     `hcl:"confidential,optional" doc:"Its digest goes into the label, the file stays here."`

	Range hcl.Range `hcl:",def_range"`
}

// Unmet is a recommendation that is not followed.
type Unmet struct {
	Requirement string `hcl:"requirement,label" format:"requirement" doc:"The recommendation, as scheme:requirement."`
	Reason      string `hcl:"reason" doc:"Why."`

	Range hcl.Range `hcl:",def_range"`
}

// Exception marks a finding.
type Exception struct {
	Check   string `hcl:"check,label" format:"check" doc:"Id of the check, as storage/private-key."`
	Reason  string `hcl:"reason" doc:"Why the finding is acceptable to the maker."`
	Path    string `hcl:"path,optional" doc:"The file it speaks of."`
	Author  string `hcl:"author" doc:"Who says so."`
	Expires Date   `hcl:"expires" doc:"Last day on which it counts."`

	Range        hcl.Range `hcl:",def_range"`
	ExpiresRange hcl.Range `hcl:"expires,attr_value_range"`
}

// Label is how the label is to look.
type Label struct {
	Languages []string `hcl:"languages,optional" format:"language" doc:"Languages of the label, first one first."`

	Range          hcl.Range `hcl:",def_range"`
	LanguagesRange hcl.Range `hcl:"languages,attr_value_range"`
}
