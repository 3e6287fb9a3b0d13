//! Every sentence that Moult says, in every language it speaks
