package demo

import (
	"slices"

	"latchkey/models"
)

// Names that are used in several places.
const (
	olga     = "olga"
	matthias = "matthias.brandt"
	priya    = "priya.raman"

	nordkai     = "nordkai"
	brightwater = "brightwater"
	tanaka      = "tanaka-unso"
	wisla       = "wisła-transport"
	atlas       = "atlas-cargo"
	altmuehl    = "altmühl-spedition"

	clara = "clara"
	nora  = "nora"
	emil  = "emil"
)

// People to whom something special happens.
const (
	portOffice = "hafenbüro"        // is attacked until it is blocked without an end
	katharina  = "katharina.vogel"  // loses a laptop
	amelia     = "amelia.hart"      // forgets her password and gets a new one
	tomasz     = "tomasz.zieliński" // comes back from a holiday without his password
	kasia      = "kasia.nowak"      // has to change
	youssef    = "youssef.elamrani" // mistypes until his block ends by itself
	ines       = "ines.ferreira"    // moves to another organization
	josef      = "josef.huber"      // has left
	bea        = "bea.hollenbeck"   // changes before her reminder is delivered
	henrik     = "henrik.lindqvist" // has a misspelled address
	marta      = "marta.kovač"      // has a full mailbox
	ola        = "ola.bergström"    // has no mailbox any more
	zoe        = "zoë.maes"         // ends her other sessions
	isil       = "işıl.demir"       // is away for a while
	rosa       = "rosa.delgado"     // has left, is deleted
	petra      = "petra.novotná"    // has to change
	miguel     = "miguel.santos"    // is blocked at the end
	intern     = "aushilfe.sommer"  // is deleted and erased
	driver     = "zofia.kamińska"   // gets her reminder while there is a mail server
)

// crews are the customers of the organizations.
var crews = []person{
	{name: clara, email: "clara.jansen@nordkai.example", at: nordkai, locale: "de", joined: 90, renewed: 33, comes: 90},
	{name: nora, email: "nora.petersen@nordkai.example", at: nordkai, locale: "de", joined: 2, waits: true},
	{name: emil, email: "emil.thomsen@nordkai.example", at: nordkai, locale: "de", joined: 80},
	{name: "søren.kjær", email: "soren.kjaer@nordkai.example", at: nordkai, joined: 97, renewed: 19, comes: 85},
	{name: "jürgen.weiß", email: "juergen.weiss@nordkai.example", at: nordkai, locale: "de", joined: 95, renewed: 41, comes: 80},
	{name: katharina, email: "katharina.vogel@nordkai.example", at: nordkai, locale: "de", joined: 58, comes: 90},
	{name: portOffice, email: "hafenbuero@nordkai.example", at: nordkai, locale: "de", joined: 93, renewed: 46},
	{name: "siobhán.oneill", email: "siobhan@brightwater.example", at: brightwater, locale: "en", joined: 93, renewed: 28, comes: 85},
	{name: "thomas.okafor", email: "t.okafor@brightwater.example", at: brightwater, locale: "en", joined: 70, renewed: 15, comes: 80},
	{name: "grace.mensah", email: "grace@brightwater.example", at: brightwater, locale: "en", joined: 67, comes: 85},
	{name: "daniel.whitfield", email: "dan.whitfield@example.com", at: brightwater, locale: "en", joined: 88, renewed: 52, comes: 70},
	{name: amelia, email: "amelia.hart@brightwater.example", at: brightwater, locale: "en", joined: 32, comes: 75},
	{name: "callum.fraser", email: "callum@brightwater.example", at: brightwater, locale: "en", joined: 15, waits: true},
	{name: "佐藤健", email: "k.sato@example.net", at: tanaka, joined: 92, renewed: 18, comes: 80},
	{name: "yuki.tanaka", email: "yuki@example.net", at: tanaka, locale: "en", joined: 91, renewed: 61, comes: 85},
	{name: "haruto.mori", email: "haruto.mori@example.net", at: tanaka, joined: 71, comes: 65},
	{name: "aiko.suzuki", email: "aiko@example.net", at: tanaka, locale: "en", joined: 9, waits: true},
	{name: "łukasz.wójcik", email: "lukasz.wojcik@example.org", at: wisla, joined: 96, renewed: 24, comes: 90},
	{name: driver, email: "zofia.kaminska@example.org", at: wisla, joined: 89, renewed: 70, comes: 70},
	{name: tomasz, email: "tomasz.zielinski@example.org", at: wisla, joined: 94, renewed: 30, comes: 75},
	{name: kasia, email: "kasia.nowak@example.org", at: wisla, locale: "en", joined: 43},
	{name: youssef, email: "youssef@atlas-cargo.example", at: atlas, locale: "en", joined: 87, renewed: 36, comes: 85},
	{name: "fatima.bennis", email: "fatima.bennis@atlas-cargo.example", at: atlas, joined: 55, comes: 75},
	{name: "ليلى", email: "leila.haddad@atlas-cargo.example", at: atlas, joined: 35, comes: 60},
	{name: "omar.idrissi", email: "omar.idrissi@example.com", at: atlas, locale: "en", joined: 85},
	{name: josef, email: "josef.huber@altmühl.example", at: altmuehl, locale: "de", joined: 98, renewed: 44},
	{name: "anna.lechner", email: "anna.lechner@altmühl.example", at: altmuehl, locale: "de", joined: 98, renewed: 20, comes: 50},
}

// office are the company's own people, in the organization Default.
var office = []person{
	{name: miguel, email: "miguel.santos@hollenbeck.example", locale: "en", joined: 63},
	{name: ines, email: "ines.ferreira@hollenbeck.example", locale: "en", joined: 77, renewed: 17, comes: 80},
	{name: "ольга.петрова", email: "olga.petrova@hollenbeck.example", joined: 82, renewed: 16, comes: 90},
	{name: isil, email: "isil.demir@hollenbeck.example", locale: "de", joined: 76, renewed: 47, comes: 60},
	{name: "françois.lefèvre", email: "francois.lefevre@example.com", joined: 74, renewed: 56, comes: 75},
	{name: "nguyễn.lan", email: "lan.nguyen@hollenbeck.example", locale: "en", joined: 72, renewed: 57, comes: 85},
	{name: zoe, email: "zoe.maes@hollenbeck.example", locale: "de", joined: 69, renewed: 23, comes: 90},
	{name: "αλέξανδρος", email: "alexandros@example.org", joined: 45, comes: 70},
	{name: marta, email: "marta.kovac@hollenbeck.example", locale: "de", joined: 86, renewed: 68, comes: 40},
	{name: henrik, email: "henrik.lindqist@hollenbeck.example", locale: "en", joined: 84, renewed: 69, comes: 50},
	{name: bea, email: "bea.hollenbeck@hollenbeck.example", locale: "de", joined: 81, renewed: 66, comes: 80},
	{name: ola, email: "ola.bergstrom@example.org", joined: 90, renewed: 74},
	{name: "dieter.kranz", email: "dieter.kranz@hollenbeck.example", locale: "de", joined: 92},
	{name: "lea.schneider", email: "lea.schneider@hollenbeck.example", locale: "de", joined: 1, waits: true},
	{name: "ravi.iyer", email: "ravi.iyer@hollenbeck.example", locale: "en", joined: 4, waits: true},
	{name: rosa, email: "rosa.delgado@example.com", joined: 60},
	{name: petra, email: "petra.novotna@hollenbeck.example", locale: "de", joined: 54},
	{name: intern, email: "aushilfe@hollenbeck.example", locale: "de", joined: 40},
	{name: "mila.sauer", email: "mila.sauer@hollenbeck.example", locale: "de", joined: 3, waits: true, from: -8},
	{name: "jonas.keller", email: "jonas.keller@hollenbeck.example", locale: "de", joined: 48, comes: 60, until: 11},
	{name: "paula.engel", email: "paula.engel@hollenbeck.example", locale: "en", joined: 37, comes: 70, from: 36, until: -9},
}

// imported are from an older system, without passwords.
var imported = []person{
	{name: "jan.devries", email: "jan.devries@example.org", locale: "en", joined: 29},
	{name: "ingrid.falk", email: "ingrid.falk@hollenbeck.example", locale: "de", joined: 29},
}

// staff are the SuperAdmins.
var staff = []person{
	{kind: models.SuperAdmin, name: olga, email: "olga.hollenbeck@hollenbeck.example", locale: "en", joined: 101, renewed: 21, comes: 100},
	{kind: models.SuperAdmin, name: matthias, email: "matthias.brandt@hollenbeck.example", locale: "de", joined: 101, renewed: 38, comes: 95},
	{kind: models.SuperAdmin, name: priya, email: "priya.raman@hollenbeck.example", locale: "en", joined: 101, renewed: 50, comes: 90},
}

// partners are the organizations.
var partners = []person{
	{kind: models.Organization, name: nordkai, email: "leitstand@nordkai.example", locale: "de", joined: 100, renewed: 22, comes: 95},
	{kind: models.Organization, name: brightwater, email: "dispatch@brightwater.example", locale: "en", joined: 100, renewed: 45, comes: 90},
	{kind: models.Organization, name: tanaka, email: "tanaka@example.net", locale: "", joined: 100, renewed: 31, comes: 85},
	{kind: models.Organization, name: wisla, email: "spedycja@example.org", locale: "", joined: 99, renewed: 62, comes: 90},
	{kind: models.Organization, name: atlas, email: "exploitation@atlas-cargo.example", locale: "en", joined: 99, renewed: 27, comes: 80},
	{kind: models.Organization, name: altmuehl, email: "leitung@altmühl.example", locale: "de", joined: 99, renewed: 40, comes: 0},
}

// machines are the technical accounts.
var machines = []person{
	{name: "scanner-gate-1", email: "it@hollenbeck.example", technical: true, joined: 97},
	{name: "scanner-gate-2", email: "it@hollenbeck.example", technical: true, joined: 97},
	{name: "scanner-gate-3", email: "it@hollenbeck.example", technical: true, joined: 97, renewed: 26},
	{name: "erp-sync", email: "erp@hollenbeck.example", locale: "en", technical: true, joined: 96, renewed: 60},
	{name: "label-printer-hall-b", email: "it@hollenbeck.example", technical: true, joined: 83},
	{name: "customs-edi", email: "zoll@hollenbeck.example", locale: "de", technical: true, joined: 79, renewed: 11},
	{name: "tacho-upload", email: "fleet@nordkai.example", at: nordkai, technical: true, joined: 64},
	{name: "reefer-telemetry", email: "iot@brightwater.example", at: brightwater, locale: "en", technical: true, joined: 41},
}

// everybody lists all people, creators before the accounts that they create.
func everybody() []person { return slices.Concat(staff, partners, machines, crews, office) }
