package models

import "time"

// SavedView is a list of accounts that an operator has named: its filters and its order.
type SavedView struct {
	ID        string `gorm:"primaryKey"`
	OwnerID   string
	Scope     string // among whom it can be shared: "" = SuperAdmins, or else the id of an organization
	Title     string // one of its owner's only
	Query     string // of the list's address
	Shared    bool
	CreatedAt time.Time
}

// ListedView is a view with what its owner is called.
type ListedView struct {
	SavedView
	OwnerName string
}

// SavedViews returns the views of an owner, and up to limit shared ones of others in the scope; both by title.
func (tx *Tx) SavedViews(ownerID, scope string, limit int) (rows []ListedView, err error) {
	const list = "SELECT v.*, COALESCE(NULLIF(a.display_name, ''), a.name) AS owner_name FROM saved_views v JOIN accounts a ON a.id = v.owner_id WHERE "
	err = tx.g.Raw("SELECT * FROM ("+list+"v.owner_id = ? ORDER BY v.title) own UNION ALL SELECT * FROM ("+
		list+"v.scope = ? AND v.shared AND v.owner_id <> ? ORDER BY v.title, v.id LIMIT ?) others", ownerID, scope, ownerID, limit).Find(&rows).Error
	return rows, wrap("listing saved views", err)
}

// SavedViewsOf returns the views of an owner, which is locked by everyone who adds one.
func (tx *Tx) SavedViewsOf(ownerID string) (rows []SavedView, err error) {
	return rows, wrap("listing the saved views of an account", tx.g.Order("title").Find(&rows, "owner_id = ?", ownerID).Error)
}

// SavedView finds a view, or returns [ErrNotFound].
func (tx *Tx) SavedView(id string) (SavedView, error) {
	var v SavedView
	return v, wrap("finding a saved view", tx.g.Take(&v, "id = ?", id).Error)
}

// CreateSavedView inserts a view.
func (tx *Tx) CreateSavedView(v SavedView) error {
	return wrap("creating a saved view", tx.g.Create(&v).Error)
}

// ReplaceSavedView changes what a view shows, and with whom it is shared. It returns [ErrNotFound] if there is none.
func (tx *Tx) ReplaceSavedView(v SavedView) error {
	return changed("replacing a saved view", tx.g.Model(&SavedView{}).Where("id = ?", v.ID).Updates(map[string]any{"query": v.Query, "shared": v.Shared}))
}

// DeleteSavedView deletes a view, or returns [ErrNotFound].
func (tx *Tx) DeleteSavedView(id string) error {
	return changed("deleting a saved view", tx.g.Delete(&SavedView{}, "id = ?", id))
}
