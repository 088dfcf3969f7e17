//! Who asks. Every request, on every protocol, carries one [`Access`], and every
//! read of a relation goes through [`Access::may_read`].

/// What the sender of a request may do.
///
/// Today there is one kind: everything, for whoever reaches the loopback
/// listener. Tokens with scopes and projects will add others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    _private: (),
}

impl Access {
    /// Everything is allowed: the local user, or any client while there are no tokens.
    pub fn everything() -> Self {
        Self { _private: () }
    }

    /// Whether rows of `relation` may be read.
    pub fn may_read(&self, _relation: crate::Relation) -> bool {
        true
    }

    /// Whether events may be delivered.
    pub fn may_write(&self) -> bool {
        true
    }
}
