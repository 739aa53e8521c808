package handlers

import (
	"slices"

	"latchkey/accounts/core"
	"latchkey/handlers/page"
	"latchkey/models"
	"latchkey/views"
)

// The largest forms, in bytes: password fields take passwords of 4,096 bytes, of which three fit percent-encoded; a note of 1,000 symbols takes 12,000. A policy that
// is sent without a file is text; see maxPolicyForm for files.
const (
	passwordForm = 40 << 10
	noteForm     = 40 << 10
	policyText   = 64 << 10
	passkeyForm  = 96 << 10 // what authenticators answer, percent-encoded, and a password
)

// sections are the navigation, in order.
var sections = []page.Section{
	{Name: "overview", URL: views.HomeURL, Label: "Overview"},
	{Name: "accounts", URL: views.AccountsURL, Label: "Accounts"},
	{Name: "policy", URL: views.PolicyURL, Label: "Policy"},
	{Name: "mail", URL: views.MailURL, Label: "Mail"},
	{Name: "audit", URL: views.AuditURL, Label: "Audit log"},
}

// gatePages are the pages on which sessions pass the gates of core.Gates.
var gatePages = map[string]string{
	core.GateFactor: views.SecondFactorURL, core.GatePassword: views.PasswordURL, core.GateFactorSetup: views.SetUpFactorURL,
}

// routes returns the access table: every route, who may use it, and at which gates it stays open. Navigation, links and targets after
// a sign-in ask it. What an operator may do to which account is decided in accounts/core/actor.go.
func (s *App) routes() []page.Route {
	return slices.Concat(s.openRoutes(), s.ownRoutes(), s.operatorRoutes(), s.superAdminRoutes())
}

// openRoutes need no session.
func (s *App) openRoutes() []page.Route {
	return []page.Route{
		page.Get("/healthz", page.WithoutSession, s.alive),
		page.Get("/readyz", page.WithoutSession, s.ready),
		page.Get("/static/:name", page.WithoutSession, s.asset),
		page.Get("/.well-known/change-password", page.WithoutSession, s.wellKnownChangePassword),
		page.Get("/.well-known/security.txt", page.WithoutSession, s.securityTxt),
		page.Get("/setup", page.Anyone, s.showSetup),
		page.Post("/setup", page.Anyone, s.setUp).Limit(passwordForm),
		page.Get("/sign-in", page.Anyone, s.showSignIn),
		page.Post("/sign-in", page.Anyone, s.signIn).Limit(passwordForm),

		page.Get("/recover", page.Anyone, s.showRecover),
		page.Post("/recover", page.Anyone, s.recoverAccount),

		page.Get("/forgot", page.Anyone, s.showForgot),
		page.Post("/forgot", page.Anyone, s.forgot),
		page.Get("/set-password/:token", page.WithToken, s.showSetPassword),
		page.Post("/set-password/:token", page.WithToken, s.setPassword).Limit(passwordForm),

		page.Get("/confirm-email/:token", page.WithToken, s.showEmailLink(models.LinkConfirmEmail)),
		page.Post("/confirm-email/:token", page.WithToken, s.useEmailLink(models.LinkConfirmEmail, s.Accounts.Email.Confirm)),
		page.Get("/undo-email/:token", page.WithToken, s.showEmailLink(models.LinkUndoEmail)),
		page.Post("/undo-email/:token", page.WithToken, s.useEmailLink(models.LinkUndoEmail, s.Accounts.Email.Undo)),

		page.Get("/emergency", page.Anyone, s.showEmergency),
		page.Post("/emergency", page.Anyone, s.enterEmergency),

		page.Get("/s/:token", page.WithToken, s.showSecret).FromAnywhere(),
		page.Post("/s/:token", page.WithToken, s.readSecret).FromAnywhere(),

		page.Post("/preferences", page.Anyone, s.setPreferences),
	}
}

// ownRoutes are about the visitor.
func (s *App) ownRoutes() []page.Route {
	return []page.Route{
		page.Post("/sign-out", page.SignedIn, s.signOut).OpenAt(page.AllGates),
		page.Get("/second-factor", page.SignedIn, s.showSecondFactor).OpenAt(core.GateFactor),
		page.Post("/second-factor/options", page.SignedIn, s.proofOptions).OwnerOnly().OpenAt(core.GateFactor).Repeatable(),
		page.Post("/second-factor", page.SignedIn, s.proveSecondFactor).OpenAt(core.GateFactor).Limit(passkeyForm).Restore(at(views.HomeURL)),
		page.Get("/password", page.SignedIn, s.showPassword).OwnerOnly().OpenAt(core.GatePassword),
		page.Post("/password", page.SignedIn, s.changePassword).OwnerOnly().OpenAt(core.GatePassword).Limit(passwordForm).Restore(at(views.PasswordURL)),
		page.Post("/password/suggest", page.SignedIn, s.useSuggestion).OwnerOnly().OpenAt(core.GatePassword).Limit(passwordForm).Restore(at(views.PasswordURL)).Repeatable(),

		page.Get("/confirm-identity", page.SignedIn, s.showConfirmIdentity).OpenAt(core.GateFactorSetup),
		page.Post("/confirm-identity", page.SignedIn, s.confirmIdentity).OpenAt(core.GateFactorSetup).Limit(passkeyForm).Restore(at(views.ConfirmIdentityURL)),
		page.Post("/confirm-identity/options", page.SignedIn, s.proofOptions).OwnerOnly().OpenAt(core.GateFactorSetup).Repeatable(),

		page.Get("/", page.SignedIn, s.overview),
		page.Get("/me", page.SignedIn, s.me),
		page.Get("/me/email", page.SignedIn, s.showMyEmail).OwnerOnly(),
		page.Post("/me/email", page.SignedIn, s.requestEmail).OwnerOnly().Restore(at(views.MeEmailURL), "email").StepUp(ofOwn("Change your e-mail address")),
		page.Get("/me/delete", page.SignedIn, s.showDeleteMe).OwnerOnly(),
		page.Post("/me/delete", page.SignedIn, s.deleteMe).OwnerOnly().Restore(at(views.MeDeleteURL), "confirm", "erase").StepUp(ofOwn("Delete your account")),
		page.Post("/me/edit", page.SignedIn, s.editMe).Restore(at(views.MeURL), "locale"),
		page.Post("/me/sessions/end-others", page.SignedIn, s.endOtherSessions).OwnerOnly().Restore(at(views.MeURL)).StepUp(ofOwn("Sign out other sessions")),
		page.Post("/me/sessions/:id/end", page.SignedIn, s.endOwnSession).OwnerOnly().Restore(at(views.MeURL)).StepUp(ofOwn("End another session")),

		page.Get("/me/security", page.SignedIn, s.security).OwnerOnly().OpenAt(core.GateFactorSetup),
		page.Post("/me/security/totp", page.SignedIn, s.beginTOTP).OwnerOnly().OpenAt(core.GateFactorSetup).Restore(at(views.SecurityURL)).StepUp(ofOwn("Set up authenticator app")),
		page.Get("/me/security/totp/:id", page.SignedIn, s.showTOTP).OwnerOnly().OpenAt(core.GateFactorSetup),
		page.Post("/me/security/totp/:id/confirm", page.SignedIn, s.confirmTOTP).OwnerOnly().OpenAt(core.GateFactorSetup).Restore(totpAddress, "title").StepUp(ofOwn("Set up authenticator app")),
		page.Post("/me/security/recovery-codes", page.SignedIn, s.newRecoveryCodes).OwnerOnly().OpenAt(core.GateFactorSetup).Restore(at(views.SecurityURL)).StepUp(ofOwn("Make new recovery codes")),
		page.Get("/me/security/passkey", page.SignedIn, s.showPasskey).OwnerOnly().OpenAt(core.GateFactorSetup),
		page.Post("/me/security/passkey/options", page.SignedIn, s.passkeyOptions).OwnerOnly().OpenAt(core.GateFactorSetup).Repeatable(),
		page.Post("/me/security/passkey", page.SignedIn, s.addPasskey).OwnerOnly().OpenAt(core.GateFactorSetup).Limit(passkeyForm).Restore(at(views.PasskeyURL), "title").StepUp(ofOwn("Add passkey")),
		page.Post("/me/security/factors/:id/remove", page.SignedIn, s.removeFactor).OwnerOnly().Restore(at(views.SecurityURL)).StepUp(ofOwn("Remove a second factor")),

		page.Get("/me/api-keys", page.SignedIn, s.apiKeys).OwnerOnly(),
		page.Post("/me/api-keys", page.SignedIn, s.addKey).OwnerOnly().Restore(at(views.APIKeysURL), keyFields...).StepUp(ofOwn("Create an API key")),
		page.Post("/me/api-keys/:id/revoke", page.SignedIn, s.revokeKey).OwnerOnly().Restore(at(views.APIKeysURL)).StepUp(ofOwn("Revoke an API key")),

		page.Get("/me/emergency-codes", page.SignedIn, s.emergencyCodes).OwnerOnly(),
		page.Post("/me/emergency-codes", page.SignedIn, s.addEmergencyCode).OwnerOnly().Restore(at(views.EmergencyCodesURL), "person", "lead_hours").StepUp(ofOwn("Create an emergency code")),
		page.Post("/me/emergency-codes/:id/stop", page.SignedIn, s.stopEmergency).OwnerOnly(),
		page.Post("/me/emergency-codes/:id/delete", page.SignedIn, s.deleteEmergencyCode).OwnerOnly().Restore(at(views.EmergencyCodesURL)).StepUp(ofOwn("Delete an emergency code")),
	}
}

// operatorRoutes are for SuperAdmins and organizations.
func (s *App) operatorRoutes() []page.Route {
	return []page.Route{
		page.Get("/search", page.Operators, s.search),
		page.Get("/accounts", page.Operators, s.listAccounts),
		page.Post("/accounts", page.Operators, s.createAccount).Limit(passwordForm).Restore(newAccountAddress, newAccountFields...).StepUp(ofNewAccount),
		page.Get("/accounts/new", page.Operators, s.showNewAccount),
		page.Post("/accounts/generate-password", page.Operators, s.generatePassword).Limit(passwordForm).Restore(generatingAddress, newAccountFields...).Repeatable(),
		page.Get("/accounts/:id", page.Operators, s.showAccount),
		page.Post("/accounts/:id/password", page.Operators, s.resetPassword).Limit(passwordForm).Restore(accountAddress, resetFields...).StepUp(s.ofAccount("Reset the password of {{.Name}}")),
		page.Post("/accounts/:id/second-factor/reset", page.Operators, s.accountAction(s.Accounts.Factors.Reset, "Two-step verification is reset.")).Restore(accountAddress).StepUp(s.ofAccount("Reset two-step verification of {{.Name}}")),
		page.Post("/accounts/:id/require-change", page.Operators, s.undoableAction(s.Accounts.RequireChange, "The user must choose a new password at the next click or sign-in.", "withdraw-change")),
		page.Post("/accounts/:id/withdraw-change", page.Operators, s.accountAction(s.Accounts.WithdrawChange, "Password change no longer required.")),
		page.Post("/accounts/:id/unblock", page.Operators, s.accountAction(s.Accounts.Unblock, "Account unblocked.")),
		page.Post("/accounts/:id/disable", page.Operators, s.undoableAction(s.Accounts.Disable, "Account disabled and signed out.", "enable")),
		page.Post("/accounts/:id/enable", page.Operators, s.accountAction(s.Accounts.Enable, "Account enabled.")),
		page.Post("/accounts/:id/end-sessions", page.Operators, s.accountAction(s.Accounts.Sessions.EndAll, "All sessions of the account have been ended.")),
		page.Post("/accounts/:id/sessions/:session/end", page.Operators, s.endSession),
		page.Post("/accounts/:id/links/:link/resend", page.Operators, s.resendLink).Restore(accountAddress).StepUp(s.ofAccount("Send {{.Name}} a new link")),
		page.Post("/accounts/:id/links/:link/revoke", page.Operators, s.revokeLink),
		page.Post("/accounts/:id/emergency-codes/:code/stop", page.Operators, s.stopEmergencyOf),
		page.Get("/accounts/:id/api-keys", page.Operators, s.technicalKeys),
		page.Post("/accounts/:id/api-keys", page.Operators, s.addTechnicalKey).Restore(keysOfAddress, keyFields...).StepUp(s.ofAccount("Create an API key of {{.Name}}")),
		page.Post("/accounts/:id/api-keys/:key/revoke", page.Operators, s.revokeTechnicalKey).Restore(keysOfAddress).StepUp(s.ofAccount("Revoke an API key of {{.Name}}")),
		page.Post("/accounts/:id/delete", page.Operators, s.deleteAccount).Restore(accountAddress, "confirm").StepUp(s.ofAccount("Delete the account {{.Name}}")),
		page.Post("/accounts/:id/edit", page.Operators, s.editAccount).Limit(noteForm).Restore(accountAddress, editFields...),
		page.Post("/views", page.Operators, s.saveView).Restore(listAddress, "title", "shared"),
		page.Post("/views/:id/delete", page.Operators, s.deleteView),
		page.Get("/secret-links", page.Operators, s.listSecretLinks),
		page.Post("/secret-links/:id/revoke", page.Operators, s.revokeSecretLink),
		page.Get("/policy", page.Operators, s.policy),
		page.Get("/audit", page.Operators, s.audit),
	}
}

func (s *App) superAdminRoutes() []page.Route {
	return []page.Route{
		page.Get("/policy/preview", page.SuperAdmins, s.showPolicyPreview),
		page.Post("/policy/preview", page.SuperAdmins, s.previewPolicy).Limit(policyText).Upload().Restore(at(views.PolicyPreviewURL), policyFields()...).Repeatable(),
		page.Post("/policy/preview/download", page.SuperAdmins, s.downloadPolicy).Limit(policyText).Upload().Restore(at(views.PolicyPreviewURL), "policy").Repeatable(),
		page.Get("/policy/versions/:number", page.SuperAdmins, s.policyVersion),
		page.Get("/accounts/organizations", page.SuperAdmins, s.suggestOrganizations),
		page.Get("/accounts/deleted", page.SuperAdmins, s.deletedAccounts),
		page.Post("/accounts/:id/restore", page.SuperAdmins, s.restoreAccount).Restore(at(views.DeletedURL)).StepUp(s.ofDeleted("Restore the account {{.Name}}")),
		page.Post("/accounts/:id/erase", page.SuperAdmins, s.eraseAccount).Restore(at(views.DeletedURL)).StepUp(s.ofDeleted("Erase the account {{.Name}}")),
		page.Post("/accounts/:id/move", page.SuperAdmins, s.move).Restore(accountAddress, "organization", "require_change"),
		page.Post("/first-steps/hide", page.SuperAdmins, s.hideFirstSteps),
		page.Get("/mail", page.SuperAdmins, s.listMails),
		page.Get("/mail/templates", page.SuperAdmins, s.listMailTemplates),
		page.Get("/mail/templates/:name", page.SuperAdmins, s.showMailTemplate),
		page.Post("/mail/templates/:name/test", page.SuperAdmins, s.testMail),
		page.Get("/mail/:id", page.SuperAdmins, s.showMail),
		page.Get("/mail/:id/html", page.SuperAdmins, s.showMailHTML),
		page.Post("/mail/retry", page.SuperAdmins, s.retryMails),
		page.Post("/mail/:id/link", page.SuperAdmins, s.showMailLink).Restore(mailAddress).StepUp(ofOwn("Show the link in an e-mail")),
		page.Post("/mail/:id/retry", page.SuperAdmins, s.retryMail),
	}
}

// devRoutes show samples to developers. They exist with --dev only.
func (s *App) devRoutes() []page.Route {
	return []page.Route{
		page.Get("/dev/pages", page.WithoutSession, s.devPages),
		page.Get("/dev/pages/:name", page.WithoutSession, s.devPage),
		page.Get("/dev/mails", page.WithoutSession, s.devMails),
		page.Get("/dev/mails/:name", page.WithoutSession, s.devMail),
		page.Get("/dev/mails/:name/html", page.WithoutSession, s.devMailHTML),
	}
}
