//! yinxin (印信): electronic licence and e-seal trust service.
