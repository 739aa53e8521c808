package demo

import "latchkey/models"

// staff look after everything.
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

// everybody is the whole cast in the order in which the accounts may be created: whoever creates comes before.
func everybody() []person {
	var all []person
	for _, some := range [][]person{staff, partners, machines, crews, office} {
		all = append(all, some...)
	}
	return all
}
