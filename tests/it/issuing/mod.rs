//! Issuing, acting, standing: the flows over real registers and real keys.

mod acts;
mod crash;
mod house;
mod orders;
mod refused;
